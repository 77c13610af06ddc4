/**
 * The bare limit of each operation: the least that a program of the same libraries has to do for the same promise, and nothing
 * else. No accounts, plans, limits, logs, metrics, jobs or events; an API key is looked up in memory, a licence by one statement
 * and its device by another, a workflow is two functions and a row, a mail is one write with one sync for all that come at the
 * same moment, a row, and its parsing in a thread. It answers at the paths of the platform, so that the same load fits both.
 */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { closeSync, fdatasync, openSync, write } from 'node:fs';
import { buffer, json } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { Worker } from 'node:worker_threads';
import Router from '@koa/router';
import { Ajv } from 'ajv';
import Koa from 'koa';
import { SMTPServer } from 'smtp-server';
import { grouped, openDatabase } from './bare-database.ts';

const [folder = '.', httpPort = '0', smtpPort = '0', licences = '0'] = process.argv.slice(2);
const KEY = 'bare-key-0123456789';

const { exec, all } = await openDatabase(`${folder}/bare.sqlite3`);
await exec(`create table licences (code text primary key, email text, expires_at integer, seen_at integer);
  create table executions (id integer primary key, workflow text, input text, output text, state text, at integer);
  create table mails (id integer primary key, recipient text, segment integer, offset integer, length integer, hash text,
    at integer, subject text, body text, parsed_at integer);
  create index unparsed on mails (id) where parsed_at is null;
  create index of_recipient on mails (recipient, id);
  insert into licences values ('CODE', 'a@b.example', 99999999999999, 0);
  with recursive numbers (n) as (select 0 union all select n + 1 from numbers where n < ${Number(licences)})
  insert into licences select 'BENCH-' || n, 'customer' || n || '@example.com', 99999999999999, 0 from numbers`);

const users = new Map([[sha256(KEY), { id: '1', email: 'admin@example.com', username: 'admin', roles: ['owner'] }]]);
const lookUp = grouped((codes: string[]) =>
  all<{ code: string; email: string; expires_at: number }>(
    'select * from licences where code in (select value from json_each(?))',
    [JSON.stringify(codes)],
  ).then((rows) => codes.map((code) => rows.find((row) => row.code === code))),
);
const noteSeen = grouped(async (codes: string[]) => {
  const sql = 'update licences set seen_at = ? where code in (select value from json_each(?))';
  await all(sql, [Date.now(), JSON.stringify([...new Set(codes)])]);
  return codes.map(() => undefined);
});
const keepExecution = grouped(async (rows: unknown[][]) => {
  const columns = [0, 1, 2, 3, 4].map((place) => `value ->> ${place}`).join(', ');
  const into = 'insert into executions (workflow, input, output, state, at)';
  await all(`${into} select ${columns} from json_each(?)`, [JSON.stringify(rows)]);
  return rows.map(() => undefined);
});

const segment = openSync(`${folder}/segment`, 'a');
const [append, sync] = [promisify(write), promisify(fdatasync)];
let offset = 0;
const parser = new Worker(new URL('./bare-parser.ts', import.meta.url), { workerData: `${folder}/segment` });
const keepMail = grouped(async (mails: { recipient: string; bytes: Buffer }[]) => {
  await append(segment, Buffer.concat(mails.map(({ bytes }) => bytes)));
  await sync(segment);
  const rows = mails.map(({ recipient, bytes }) => {
    const hash = createHash('sha256').update(bytes).digest('base64url');
    const row = [recipient, 1, offset, bytes.length, hash, Date.now()];
    offset += bytes.length;
    return row;
  });
  const columns = rows[0]?.map((_, place) => `value ->> ${place}`).join(', ');
  const into = 'insert into mails (recipient, segment, offset, length, hash, at)';
  const kept = await all<{ id: number; offset: number; length: number }>(
    `${into} select ${columns} from json_each(?) returning id, offset, length`,
    [JSON.stringify(rows)],
  );
  parser.postMessage(kept);
  for (const [place, { recipient }] of mails.entries()) newest.set(recipient, kept[place]?.id ?? 0);
  return mails.map(() => undefined);
});
/** The newest mail of each recipient, up to which mail all are parsed (they are in their order), and who waits for that. */
const newest = new Map<string, number>();
let parsedUpTo = 0;
let parsing = Promise.withResolvers<void>();
parser.on('message', async (parsed: unknown[][]) => {
  // As rows of their own first: else SQLite reads the list again for each mail.
  const given = `given (id, subject, body) as materialized
    (select cast(value ->> 0 as integer), value ->> 1, value ->> 2 from json_each(?))`;
  const set = 'subject = given.subject, body = given.body, parsed_at = ?';
  await all(`with ${given} update mails set ${set} from given where mails.id = given.id`, [
    JSON.stringify(parsed),
    Date.now(),
  ]);
  parsedUpTo = Number(parsed.at(-1)?.[0]);
  parsing.resolve();
  parsing = Promise.withResolvers();
});

const isProof = new Ajv().compile<{ activation_code: string; email: string; device_id: string }>({
  type: 'object',
  required: ['activation_code', 'email', 'device_id'],
  properties: { activation_code: { type: 'string' }, email: { type: 'string' }, device_id: { type: 'string' } },
});
const router = new Router();
router.get('/health', (ctx) => {
  ctx.body = { status: 'ok' };
});
router.get('/no-such-path', (ctx) => {
  ctx.body = {};
});
router.get('/api/v2/users/me', (ctx) => {
  const user = users.get(sha256(ctx.get('x-api-key')));
  if (!user) ctx.throw(401);
  ctx.body = user;
});
router.post('/api/verify', async (ctx) => {
  const proof = await json(ctx.req);
  if (!isProof(proof)) return ctx.throw(400);
  const licence = await lookUp(proof.activation_code);
  if (licence?.email !== proof.email || licence.expires_at < Date.now()) return ctx.throw(403);
  await noteSeen(licence.code);
  ctx.body = { success: true, data: { valid: true, expires_at: licence.expires_at } };
});
router.post('/hooks/bench/:name', async (ctx) => {
  const input = (await json(ctx.req)) as { name: string; price: number; count: number };
  const output = { total: input.price * input.count, greeting: `hello ${input.name}` };
  if (ctx.params.name === 'full')
    await keepExecution([ctx.params.name, JSON.stringify(input), JSON.stringify(output), 'completed', Date.now()]);
  ctx.body = output;
});
router.get('/api/emails', async (ctx) => {
  const recipient = String(ctx.query.mailbox);
  // What was accepted before the question is in the answer.
  for (const wanted = newest.get(recipient) ?? 0; parsedUpTo < wanted; ) await parsing.promise;
  const sql =
    'select id, subject, at from mails where recipient = ? and parsed_at is not null order by id desc limit 50';
  ctx.body = { success: true, data: await all(sql, [recipient]) };
});
// What the load asks for before it begins.
for (const [path, body] of Object.entries({
  '/api/v2/auth/login': { access_token: KEY },
  '/api/v2/api-keys': { raw_key: KEY },
  '/api/admin/generate': { license: { activation_code: 'CODE' } },
  '/api/platform/workflows': {},
}))
  router.post(path, (ctx) => {
    ctx.body = body;
  });

const http = new Koa().use(router.routes()).listen(Number(httpPort), '127.0.0.1');
const smtp = new SMTPServer({
  disabledCommands: ['AUTH'],
  disableReverseLookup: true,
  logger: false,
  onData(stream, session, done) {
    const recipient = session.envelope.rcptTo[0]?.address ?? '';
    buffer(stream)
      .then((bytes) => keepMail({ recipient, bytes }))
      .then(() => done(), done);
  },
}).listen(Number(smtpPort), '127.0.0.1');
await Promise.all([once(http, 'listening'), once(smtp, 'listening')]);
console.log(JSON.stringify({ http: portOf(http.address()), smtp: portOf(smtp.address()) }));
process.once('SIGTERM', () => {
  closeSync(segment);
  process.exit(0);
});

function portOf(address: ReturnType<typeof http.address>): number | undefined {
  return typeof address === 'string' ? undefined : address?.port;
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
