/** What every list under `/api/platform` must do: walked forwards and back by cursors, in each order, as JSON and as CSV. */
import assert from 'node:assert/strict';
import { parse } from 'csv-parse/sync';
import type { Client } from './client.ts';

export interface ListWalk {
  client: Client;
  path: string;
  /** Field that tells rows apart; default `id`. */
  id?: string;
  /** How many rows the client sees. */
  rows: number;
  /** Orders that can be asked for, without the sign. */
  sorts: readonly string[];
}

/** Walks through the whole list in every way. */
export async function walkList({ client, path, id = 'id', rows, sorts }: ListWalk): Promise<void> {
  const whole = await all(client, path, id, '', [1, 2]);
  assert.equal(whole.length, rows, `${path} shows ${rows} rows`);
  for (const sort of sorts) {
    const up = await all(client, path, id, `sort=${sort}`, [1]);
    const down = await all(client, path, id, `sort=-${sort}`, [2]);
    assert.deepEqual([...down].reverse(), up, `${path} by ${sort}, both ways`);
    assert.deepEqual([...up].sort(), [...whole].sort(), `${path} by ${sort} shows the same rows`);
  }
  const csv = await client.get(`${path}?format=csv`);
  assert.match(csv.headers.get('content-type') ?? '', /^text\/csv/);
  const found: Record<string, string>[] = parse(csv.text, { columns: true });
  assert.deepEqual(
    found.map((row) => row[id]),
    whole,
    `${path} as CSV`,
  );
  for (const [wrong, refusal] of [
    ['cursor=x', 400],
    ['cursor=WzIsIi1ub3BlIiwwLDEsMV0', 400],
    ['sort=nope', 422],
    ['limit=0', 422],
    ['nope=1', 422],
  ] as const) {
    assert.equal((await client.get(`${path}?${wrong}`)).status, refusal, `${path}?${wrong}`);
  }
}

/** Ids by pages of each of these sizes, forwards; then back from the end to the beginning. */
async function all(
  client: Client,
  path: string,
  id: string,
  query: string,
  sizes: readonly number[],
): Promise<string[]> {
  const expected = await walk(client, path, id, `${query}&limit=200`, 'next_cursor');
  for (const limit of sizes) {
    const forwards = await walk(client, path, id, `${query}&limit=${limit}`, 'next_cursor');
    assert.deepEqual(forwards.ids, expected.ids, `${path} by pages of ${limit}`);
    if (forwards.last === undefined) continue;
    const back = await walk(client, path, id, `${query}&limit=${limit}&cursor=${forwards.last}`, 'previous_cursor');
    const earlier = expected.ids.slice(0, expected.ids.length - forwards.lastCount);
    assert.deepEqual(back.ids, earlier, `${path} back by pages of ${limit}`);
  }
  return expected.ids;
}

async function walk(client: Client, path: string, id: string, query: string, way: 'next_cursor' | 'previous_cursor') {
  const pages: string[][] = [];
  let cursor = '';
  let before: string | undefined;
  for (;;) {
    const asked = cursor === '' ? query : `${query.replace(/&cursor=.*/, '')}&cursor=${cursor}`;
    const { status, body, text } = await client.get(`${path}?${asked}`);
    assert.equal(status, 200, text);
    if (pages.length === 0 && !query.includes('cursor=')) {
      assert.equal(body.previous_cursor, null, 'nothing is before the beginning');
      assert.equal(body.total.relation, 'exact');
    }
    const ids: string[] = body.items.map((item: Record<string, unknown>) => String(item[id]));
    if (way === 'next_cursor') pages.push(ids);
    else pages.unshift(ids);
    before = body.previous_cursor ?? undefined;
    if (body[way] === null) return { ids: pages.flat(), last: before, lastCount: ids.length };
    cursor = body[way];
    assert.ok(pages.length < 1_000, 'a walk that does not end');
  }
}
