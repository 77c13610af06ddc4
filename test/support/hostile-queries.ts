/** What strangers send to a list: each is the caller's mistake, or finds nothing, on every database. */
import assert from 'node:assert/strict';
import type { Client } from './client.ts';

const HUGE = [
  '9'.repeat(15),
  '9'.repeat(16),
  '9'.repeat(400),
  '-9223372036854775809',
  '1e308',
  'NaN',
  '0x1f',
  '2147483648',
];
const TIMES = ['2026-12-31T23:59:60Z', '9999-12-31T23:59:59Z', '0000-01-01T00:00:00Z', '99999999-01-01T00:00:00Z', '1'];
const TEXTS = ['%00', 'a%00b', '%F4%8F%BF%BF', "'%3B--", '%25_%5C', ','.repeat(60), 'x'.repeat(501), '%ED%A0%80'];

/** Places that no list gave: another type, another order, numbers wider than a column, NUL. */
function cursors(sorts: readonly string[]): string[] {
  const values = ['x', 'a\0b', 1, -1, 2 ** 31, Number.MAX_SAFE_INTEGER, 1e300, null, true, {}, []];
  const keys = [1, 'x', '\0', 2 ** 31, 1e300, null];
  const places = ['', ...sorts].flatMap((wish) => [
    ...values.map((value) => [2, wish, 0, value, 1]),
    ...keys.flatMap((key) => [1, 'x', null].map((value) => [2, wish, 0, value, key])),
  ]);
  return [...places, [2, 'nope', 0, 1, 1], [], null, 'x'.repeat(400)].map((place) =>
    Buffer.from(JSON.stringify(place)).toString('base64url'),
  );
}

export interface Hostility {
  client: Client;
  path: string;
  texts?: readonly string[];
  numbers?: readonly string[];
  times?: readonly string[];
  sorts?: readonly string[];
}

/** No answer to any of it is a fault of the server, and none is a page of everything. */
export async function attackList({ client, path, texts = [], numbers = [], times = [], sorts = [] }: Hostility) {
  const queries = [
    ...texts.flatMap((name) => TEXTS.map((value) => `${name}=${value}`)),
    ...numbers.flatMap((name) => HUGE.map((value) => `${name}=${value}`)),
    ...times.flatMap((name) => TIMES.map((value) => `${name}_from=${encodeURIComponent(value)}`)),
    ...cursors(sorts).map((cursor) => `cursor=${cursor}`),
    'limit=201',
    'limit=-1',
    'limit=1e9',
    'sort=__proto__',
    'format=xml',
    'constructor=1',
    'cursor=',
  ];
  const answers = await Promise.all(
    queries.map(async (query) => ({ query, ...(await client.get(`${path}?${query}`)) })),
  );
  const faults = answers
    .filter(({ status }) => status >= 500)
    .map(({ query, status, text }) => ({ query, status, text }));
  assert.deepEqual(faults, [], path);
  assert.ok(answers.some(({ status }) => status >= 400));
}
