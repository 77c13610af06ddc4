/**
 * The bare limit of a hook by what is kept and promised of it: Koa with the platform's headers, the JSON of the body, two expressions of jq
 * in the platform's interpreter, and, with a log, a row of the platform's own table with its indexes and the log of the task, written
 * together with what waits at the same moment (`synchronous=FULL`). No definitions, access, limits, metering, events, secrets or metrics.
 * Argument: a copy of the platform's database in which one execution of the workflow has ended.
 */
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import Router from '@koa/router';
import Koa from 'koa';
import { v7 } from 'uuid';
import { compileJq } from '#plugins/workflows/jq/index.ts';
import { grouped, openDatabase } from '../cpu/bare-database.ts';

const HEADERS = {
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
};

const { all } = await openDatabase(process.argv[2] ?? '');
const [ended] = await all<Record<string, unknown>>(
  `select * from workflows_executions where status = 'completed' and log is not null order by id desc limit 1`,
  [],
);
if (!ended) throw new Error('No execution has ended in this database');
/** All but the place in the order, which the table gives. */
const columns = Object.keys(ended).filter((column) => column !== 'seq');
const [task] = JSON.parse(String(ended.log)) as Record<string, unknown>[];
const set = {
  total: compileJq('.price * .count'),
  greeting: compileJq('"hello " + .name'),
};
const insert = `insert into workflows_executions (${columns.join(', ')})
  select ${columns.map((_, place) => `value ->> ${place}`).join(', ')} from json_each(?)`;
const keep = grouped(async (rows: unknown[][]) => {
  await all(insert, [JSON.stringify(rows)]);
  return rows.map(() => undefined);
});

const app = new Koa();
const router = new Router();
router.post('/hooks/:namespace/:name', async (ctx) => {
  const startedAt = Date.now();
  const id = v7();
  const input = await json(ctx.req);
  const [total] = set.total(input);
  const [greeting] = set.greeting(input);
  const output = { total, greeting };
  if (ctx.params.name === 'full') await keep(rowOf(id, JSON.stringify(input), JSON.stringify(output), startedAt));
  ctx.set({ ...HEADERS, 'x-request-id': v7() });
  ctx.body = { id, status: 'completed', output };
});
app.use(router.routes());
const server = app.listen(0, '127.0.0.1', () =>
  console.log(JSON.stringify({ http: (server.address() as AddressInfo).port })),
);
process.once('SIGTERM', () => process.exit(0));

function rowOf(id: string, input: string, output: string, startedAt: number): unknown[] {
  const endedAt = Date.now();
  const times = { started_at: startedAt, ended_at: endedAt };
  const log = JSON.stringify([{ ...task, input, output, ...times }]);
  const row: Record<string, unknown> = { ...ended, id, input, output, log, created_at: startedAt, ...times };
  return columns.map((column) => row[column]);
}
