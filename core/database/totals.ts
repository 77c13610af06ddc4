/**
 * How many rows a query has. Up to ten thousand they are counted. Beyond it the number is remembered for a hundred times
 * as long as counting took, so that nobody waits for it again and again, and counting has a hundredth of the time.
 */
import type { Knex } from 'knex';

const COUNTED = 10_000;
const SHARE = 100;
/** Queries whose numbers are remembered, for each database. */
const MOST_REMEMBERED = 200;

interface Known {
  total: number;
  until: number;
  isCounting: boolean;
}

const remembered = new WeakMap<object, Map<string, Known>>();

/** The number of rows, whatever columns and order the query has. */
export async function totalOf(query: Knex.QueryBuilder): Promise<number> {
  const bare = query.clone().clearSelect().clearOrder();
  const some = await counted(bare.clone().limit(COUNTED + 1));
  if (some <= COUNTED) return some;
  const totals = totalsOf(query.client);
  const { sql, bindings } = bare.toSQL();
  const key = JSON.stringify([sql, bindings]);
  const known = totals.get(key);
  if (!known) return remember(totals, key, bare);
  if (known.until > performance.now() || known.isCounting) return known.total;
  known.isCounting = true;
  // One that fails is counted anew, and reported, when it is asked for the next time.
  remember(totals, key, bare).catch(() => totals.delete(key));
  return known.total;
}

async function remember(totals: Map<string, Known>, key: string, query: Knex.QueryBuilder): Promise<number> {
  const startedAt = performance.now();
  const total = await counted(query);
  const endedAt = performance.now();
  totals.delete(key);
  totals.set(key, { total, until: endedAt + (endedAt - startedAt) * SHARE, isCounting: false });
  for (const oldest of totals.keys()) {
    if (totals.size <= MOST_REMEMBERED) break;
    totals.delete(oldest);
  }
  return total;
}

async function counted(query: Knex.QueryBuilder): Promise<number> {
  const knex = query.client.queryBuilder();
  const rows = query.clone().select(query.client.raw('1 as one'));
  const [row]: { total: number | string }[] = await knex.from(rows.as('counted')).count({ total: '*' });
  return Number(row?.total ?? 0);
}

function totalsOf(client: object): Map<string, Known> {
  const totals = remembered.get(client) ?? new Map<string, Known>();
  remembered.set(client, totals);
  return totals;
}
