/**
 * `npm run bench -- growth [--only jobs,mail] [--sizes 1e3,1e5,1e6] [--on sqlite3,pg]`: how long everything takes with ten,
 * and ten times as many rows, on both databases. What takes more than twice as long with a million as with a hundred
 * thousand is a defect.
 */
import { parseArgs } from 'node:util';
import knex from 'knex';
import { joined } from '#core/parts.ts';
import { createPlatform, type Platform } from '#core/platform.ts';
import { startPostgres } from '#core/testing/postgres.ts';
import { forgetActivity, forgetRequests, sweepFiles, tidyOperations } from '#core/upkeep.ts';
import aiPlugin from '#plugins/ai-replies/index.ts';
import authPlugin from '#plugins/auth/index.ts';
import billingPlugin from '#plugins/billing/index.ts';
import licensingPlugin from '#plugins/licensing/index.ts';
import mailPlugin from '#plugins/mail/index.ts';
import robotsPlugin from '#plugins/robots/index.ts';
import workflowsPlugin from '#plugins/workflows/index.ts';
import { insidesOf } from '#test/support/insides.ts';
import { ADMIN, type Figure, median, ROOT_TOKEN, temporaryFolder } from '../processes.ts';
import { accounts, audit } from './accounts.ts';
import { ai } from './ai.ts';
import { executions } from './executions.ts';
import { jobs } from './jobs.ts';
import { mail } from './mail.ts';
import { billing, licences } from './money.ts';
import type { Measured, Part, PartContext } from './parts.ts';
import { robots } from './robots.ts';

const PARTS: Readonly<Record<string, Part>> = {
  jobs,
  accounts,
  audit,
  mail,
  licences,
  executions,
  billing,
  robots,
  ai,
};
const CRON = [aiPlugin, authPlugin, billingPlugin, licensingPlugin, mailPlugin, robotsPlugin, workflowsPlugin].flatMap(
  (plugin) => (joined(plugin).cron ?? []).map((job) => ({ plugin, job })),
);
/** All but the check of the SQLite file, which is to read all of it. */
const CORE_CRON = [sweepFiles, forgetRequests, forgetActivity, tidyOperations];
const USUAL_TIMES = 9;
/** A factor is that of growth where the figures are more than the noise of a machine with other work. */
const NOISE_MS = 1.5;
const DEFECT = 2;

type Row = Record<string, number>;

export async function measureGrowth(args: readonly string[]): Promise<Figure[]> {
  const { values } = parseArgs({
    args: [...args],
    options: { only: { type: 'string' }, sizes: { type: 'string' }, on: { type: 'string' } },
  });
  const sizes = (values.sizes ?? '1e3,1e5,1e6').split(',').map(Number);
  const figures: Figure[] = [];
  for (const client of (values.on ?? 'sqlite3,pg').split(',')) {
    const table = new Map<string, Row>();
    for (const name of (values.only ?? Object.keys(PARTS).join(',')).split(',')) {
      const part = PARTS[name];
      if (!part) throw new Error(`There is no part '${name}': ${Object.keys(PARTS).join(', ')}`);
      for (const size of sizes) await measurePart(part, client, size, (what, ms) => note(table, what, size, ms));
    }
    figures.push(...printed(client, sizes, table));
  }
  return figures;
}

function note(table: Map<string, Row>, what: string, size: number, ms: number): void {
  table.set(what, { ...table.get(what), [size]: ms });
  console.log(`        ${size.toExponential()} ${what}: ${ms.toFixed(2)} ms`);
}

async function measurePart(
  part: Part,
  client: string,
  count: number,
  noted: (what: string, ms: number) => void,
): Promise<void> {
  const folder = temporaryFolder();
  const server = client === 'pg' ? await startPostgres() : null;
  const database = server ? { client: 'pg', connection: await freshDatabase(server.url) } : { client: 'sqlite3' };
  let platform = await opened(folder.path, database);
  await platform.start();
  const filling = performance.now();
  await part.fill(contextOf(platform, count, 0));
  console.log(`        filled in ${((performance.now() - filling) / 1000).toFixed(0)} s`);
  await platform.stop();
  if (server) await vacuumed(database.connection as string);
  const booting = performance.now();
  platform = await opened(folder.path, database);
  const port = await platform.start();
  noted('boot of a filled database', performance.now() - booting);
  for (const one of part.measured(contextOf(platform, count, port))) noted(one.what, await timeOf(one));
  await platform.stop();
  await server?.stop();
  folder.remove();
}

async function opened(dataDir: string, database: object): Promise<Platform> {
  return createPlatform({
    env: {},
    overrides: {
      dataDir,
      database,
      http: { port: 0, rateLimit: { enabled: false } },
      logging: { level: 'error' },
      plugins: {
        // Its pages are not built here.
        admin: { enabled: false },
        auth: { admin: ADMIN, rootToken: ROOT_TOKEN },
        billing: { defaultPlan: 'self-hosted' },
        mail: { smtp: { port: 0 }, mailboxTtl: 0 },
      },
    },
  });
}

function contextOf(platform: Platform, count: number, port: number): PartContext {
  const services = insidesOf(platform);
  const asked = async (path: string, init: RequestInit = {}, token = ROOT_TOKEN): Promise<string> => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const answer = await fetch(`http://127.0.0.1:${port}${path}`, { ...init, headers });
    const text = await answer.text();
    if (answer.status !== 200) throw new Error(`${path}: ${answer.status} ${text.slice(0, 300)}`);
    return text;
  };
  const ask = async (path: string, init?: RequestInit): Promise<void> => void (await asked(path, init));
  const { email, password } = ADMIN;
  let admin: Promise<string> | null = null;
  const signIn = () => asked('/api/v2/auth/login', { method: 'POST', body: JSON.stringify({ email, password }) });
  return {
    services,
    platform,
    count,
    get: ask,
    async getAsAdmin(path) {
      admin ??= signIn().then((text) => JSON.parse(text).access_token);
      await asked(path, {}, await admin);
    },
    post: (path, body) => ask(path, { method: 'POST', body: JSON.stringify(body) }),
    async cron(name) {
      const run = { scheduledAt: Date.now(), log: services.log, signal: AbortSignal.timeout(3_600_000) };
      const core = CORE_CRON.find((job) => job.name === name);
      if (core) return core.run(run, services);
      const found = CRON.find(({ job }) => job.name === name);
      if (!found) throw new Error(`No scheduled work is called '${name}'`);
      await found.job.run(run, platform.scopeOf(found.plugin));
    },
  };
}

/** The median in milliseconds. */
async function timeOf({ run, times = USUAL_TIMES, isOwnTime = false }: Measured): Promise<number> {
  const taken: number[] = [];
  const warmUp = times === USUAL_TIMES ? 2 : 0;
  for (let round = -warmUp; round < times; round++) {
    const startedAt = performance.now();
    const own = await run();
    if (round >= 0) taken.push(isOwnTime ? Number(own) : performance.now() - startedAt);
  }
  return median(taken);
}

async function freshDatabase(url: string): Promise<string> {
  const administrator = knex({ client: 'pg', connection: url, pool: { min: 0, max: 1 } });
  await administrator.raw('create database growth');
  await administrator.destroy();
  return Object.assign(new URL(url), { pathname: '/growth' }).href;
}

/** What the server does by itself some time after so many rows, rather than meanwhile; with no transaction under way that keeps it from some. */
async function vacuumed(url: string): Promise<void> {
  const administrator = knex({ client: 'pg', connection: url, pool: { min: 0, max: 1 } });
  await administrator.raw('vacuum analyze');
  await administrator.raw('checkpoint');
  await administrator.destroy();
}

function printed(client: string, sizes: readonly number[], table: ReadonlyMap<string, Row>): Figure[] {
  const last = sizes.at(-1) ?? 0;
  const before = sizes.at(-2) ?? last;
  console.log(`\n| ${client}: ms | ${sizes.map((size) => size.toLocaleString('en')).join(' | ')} | factor | |`);
  console.log(`|---|${sizes.map(() => '---|').join('')}---|---|`);
  const defects: string[] = [];
  for (const [what, row] of table) {
    const factor = Math.max(row[last] ?? 0, NOISE_MS) / Math.max(row[before] ?? 0, NOISE_MS);
    if (factor > DEFECT) defects.push(what);
    const cells = sizes.map((size) => row[size]?.toFixed(row[size] < 10 ? 2 : 0) ?? '');
    console.log(`| ${what} | ${cells.join(' | ')} | ${factor.toFixed(1)} | ${factor > DEFECT ? '**defect**' : ''} |`);
  }
  console.log('');
  return [
    {
      what: `${client}: what slows down by more than ${DEFECT} from ${before.toExponential()} to ${last.toExponential()}`,
      value: defects.length === 0 ? 'nothing' : defects.join('; '),
      target: 'nothing',
      isMet: defects.length === 0,
    },
  ];
}
