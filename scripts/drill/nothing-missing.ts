/** Drills on PostgreSQL: a database for one, and what of everything that was acknowledged is missing there afterwards, or there twice. */
import { setTimeout as sleep } from 'node:timers/promises';
import knex, { type Knex } from 'knex';
import type { TestPostgres } from '#core/testing/postgres.ts';
import { ROOT_TOKEN, type Running } from '../bench/processes.ts';
import type { Acknowledged } from './writes.ts';

const LONGEST_WAIT_MS = 120_000;

/** Gives its URL. */
export async function makeDatabase(server: TestPostgres): Promise<string> {
  const db = knex({ client: 'pg', connection: server.url, pool: { min: 0, max: 1 } });
  await db.raw('create database drill');
  await db.destroy();
  return Object.assign(new URL(server.url), { pathname: '/drill' }).href;
}

/** Waits until all work is done; gives a sentence for each thing that is wrong. */
export async function missing(
  db: Knex,
  replica: Running,
  acknowledged: Acknowledged,
  longestWaitMs = LONGEST_WAIT_MS,
): Promise<string[]> {
  const until = Date.now() + longestWaitMs;
  const open = (): Promise<unknown> =>
    db('workflows_executions').whereIn('status', ['pending', 'running', 'waiting']).first('id');
  while (Date.now() < until && ((await open()) || (await db('mail_messages').whereNull('parsed_at').first('id')))) {
    await sleep(200);
  }
  const subjects = await db('mail_messages').select('subject').count({ times: '*' }).groupBy('subject');
  const stored = new Map(subjects.map(({ subject, times }) => [String(subject), Number(times)]));
  const unparsed = await db('mail_messages').whereNull('parsed_at').count({ total: '*' }).first();
  const licences = new Set(await db('licensing_licences').pluck('license_id'));
  const keys = new Set(await db('auth_api_keys').pluck('name'));
  const executions = new Map(
    (await db('workflows_executions').select('id', 'status')).map((row) => [row.id, row.status]),
  );
  const dead = await db('core_jobs').where({ state: 'dead' }).count({ total: '*' }).first();
  const headers = { authorization: `Bearer ${ROOT_TOKEN}` };
  const chain = await (
    await fetch(`http://127.0.0.1:${replica.ready.http}/api/platform/audit/verify`, { headers })
  ).json();
  return [
    ...[...acknowledged.mails].filter((subject) => !stored.has(subject)).map((subject) => `lost mail: ${subject}`),
    ...[...acknowledged.mails].filter((subject) => (stored.get(subject) ?? 0) > 1).map((it) => `mail twice: ${it}`),
    ...[...acknowledged.licences].filter((id) => !licences.has(id)).map((id) => `lost licence: ${id}`),
    ...[...acknowledged.keys].filter((name) => !keys.has(name)).map((name) => `lost API key: ${name}`),
    ...[...acknowledged.executions]
      .filter((id) => executions.get(id) !== 'completed')
      .map((id) => `execution ${id}: ${executions.get(id) ?? 'lost'}`),
    ...(Number(unparsed?.total) > 0 ? [`${unparsed?.total} messages are not parsed`] : []),
    ...(Number(dead?.total) > 0 ? [`${dead?.total} jobs gave up`] : []),
    ...(JSON.stringify(chain).includes('"ok":true') ? [] : [`the audit chain is broken: ${JSON.stringify(chain)}`]),
  ];
}
