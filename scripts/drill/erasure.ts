/**
 * Somebody is erased while everything that the installation depends on is down, for a day of hours that the clock is set
 * ahead by, with kills in between; every other time while the plugins are off that hold their data. At the end of the day
 * nothing of them is left here; when the others are back they are paid no more, and nobody outside hears of them.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import knex from 'knex';
import { type Client, createClient } from '#test/support/client.ts';
import { ROOT_TOKEN, type Running, startPlatformProcess, temporaryFolder } from '../bench/processes.ts';
import { adminOf } from '../bench/robots/fleet.ts';
import { type Dependencies, startDependencies } from './dependencies.ts';
import { kill, setClock } from './kill.ts';

/** Less than what counts as a step of the clock, so that scheduled work goes on. */
const HOUR_MS = 55 * 60_000;
const DAY_HOURS = 27;
/** Each is a day, and takes more than a minute. */
const MOST_ROUNDS = 4;
const KILLED_EACH = 9;
/** When plugins that were off are on again. */
const ON_AGAIN_AFTER = 4;
const BACK_WITHIN_HOURS = 5;
/** What is begun in an hour has ended by then, on a machine that is busy too. */
const SETTLED_MS = 700;
/** Where ids may stay: the log of who did what, invoices, and the list by which plugins hear of it. */
const KEPT = /^(auth_audit_entries|billing_invoices|core_erasures)\./;
const WITHOUT = ['BILLING', 'LICENSING', 'MAIL', 'ROBOTS', 'AI_REPLIES', 'WORKFLOWS'];

interface Erased {
  /** Stands in everything that they have. */
  mark: string;
  ids: string[];
  subscription: { id: string; status: string };
}

interface Robot {
  robotId: string;
  token: string;
}

/** Gives how much of somebody was left, or went on. */
export async function drillErasure(rounds: number): Promise<number> {
  const folder = temporaryFolder();
  let aheadMs = 0;
  const dependencies = await startDependencies(() => Date.now() + aheadMs);
  const start = async (isWhole: boolean): Promise<Running> => {
    const off = Object.fromEntries(WITHOUT.map((name) => [`PATCHBAY_PLUGINS__${name}__ENABLED`, 'false']));
    const platform = await startPlatformProcess(folder.path, { ...dependencies.settings, ...(isWhole ? {} : off) });
    await setClock(platform, aheadMs);
    return platform;
  };
  const problems: string[] = [];
  for (let round = 1; round <= Math.min(rounds, MOST_ROUNDS); round++) {
    const isOff = round % 2 === 0;
    let platform = await start(true);
    const mark = `zebra${round}x${Math.random().toString(36).slice(2, 8)}`;
    const { http, robot, ...erased } = await prepare(platform, folder.path, mark, dependencies);
    dependencies.shut();
    await leaveThingsToDo(platform, http, robot, mark);
    if (isOff) {
      await platform.stop();
      platform = await start(false);
    }
    await erase(platform, mark);
    for (let hour = 1; hour <= DAY_HOURS; hour++) {
      await pass(platform);
      const isBack = isOff && hour === ON_AGAIN_AFTER;
      if (hour % KILLED_EACH !== 0 && !isBack) continue;
      await kill(platform);
      platform = await start(!isOff || hour >= ON_AGAIN_AFTER);
    }
    const left = await tracesOf(folder.path, erased);
    problems.push(...left.map((place) => `round ${round}: with everything down, left in ${place}`));
    if (erased.subscription.status === 'canceled') problems.push(`round ${round}: nobody could have ended it yet`);
    if (!(await isSeen(platform))) problems.push(`round ${round}: operators do not see what cannot be done`);
    dependencies.open();
    for (let hour = 0; hour < BACK_WITHIN_HOURS; hour++) await pass(platform);
    const { status } = erased.subscription;
    if (status !== 'canceled') problems.push(`round ${round}: the subscription is ${status}`);
    problems.push(...(await tracesOf(folder.path, erased)).map((place) => `round ${round}: left in ${place}`));
    if (dependencies.heard().includes(mark)) problems.push(`round ${round}: somebody outside heard of them afterwards`);
    const open = await openJobs(folder.path);
    problems.push(...open.map((job) => `round ${round}: still to be done: ${job}`));
    console.log(
      `round ${round}: erased${isOff ? ' while plugins were off' : ''}; ${left.length} places left, ${status}`,
    );
    await platform.stop();
  }
  for (const problem of problems.slice(0, 20)) console.log(problem);
  await dependencies.close();
  folder.remove();
  return problems.length;

  /** An hour goes by: what came due is looked at, and scheduled work runs. */
  async function pass(platform: Running): Promise<void> {
    aheadMs += HOUR_MS;
    await setClock(platform, aheadMs);
    const http = clientOf(platform).bearer(ROOT_TOKEN);
    // Looks at the clock, and wakes the queue by a job of nobody's.
    await http.get('/api/platform/attention');
    await clientOf(platform).post('/api/v2/auth/forgot-password', { email: 'nobody@elsewhere.example' });
    const { items } = (await http.get('/api/platform/cron')).body;
    for (const { name } of items) await http.post(`/api/platform/cron/${name}/run`, {});
    await sleep(SETTLED_MS);
  }

  async function erase(platform: Running, mark: string): Promise<void> {
    const signedIn = await clientOf(platform).post('/api/v2/auth/login', credentials(mark));
    const { status, text } = await clientOf(platform)
      .bearer(signedIn.body.access_token)
      .delete('/api/v2/users/me', { password: credentials(mark).password });
    if (status !== 204) throw new Error(`The erasure answered ${status}: ${text}`);
  }

  /** They have to do with a provider that does not answer: that is shown. */
  async function isSeen(platform: Running): Promise<boolean> {
    const http = clientOf(platform).bearer(await adminOf(platform));
    const { items } = (await http.get('/api/platform/attention')).body;
    return items.some(({ id }: { id: string }) => id === 'core.stuckJobs');
  }
}

function clientOf({ ready }: Running): Client {
  return createClient(`http://127.0.0.1:${ready.http}`);
}

function credentials(mark: string): { email: string; password: string } {
  return { email: `${mark}@example.org`, password: `secret of ${mark}` };
}

async function ok(answer: ReturnType<Client['get']>): Promise<any> {
  const { status, text, body } = await answer;
  if (status >= 300) throw new Error(`${status}: ${text}`);
  return body;
}

/** Somebody with something in every plugin, and a subscription that is paid. */
async function prepare(
  platform: Running,
  folder: string,
  mark: string,
  { stripe, url }: Dependencies,
): Promise<Erased & { http: Client; robot: Robot }> {
  const anybody = clientOf(platform);
  const root = anybody.bearer(ROOT_TOKEN);
  const registered = await ok(anybody.post('/api/v2/auth/register', { ...credentials(mark), full_name: mark }));
  const http = anybody.bearer(registered.access_token);
  const { id, tenant_id } = registered.user;

  await ok(http.patch('/api/v2/tenant/settings', { ai_consent_enabled: true }));
  const address = `${mark}@example.com`;
  await ok(root.post('/api/create', { local: mark }));
  await ok(root.patch(`/api/v2/admin/users/${id}`, { can_send: true }));
  await ok(root.post('/api/users/assign', { username: credentials(mark).email, address }));
  await ok(http.post('/api/platform/mail/webhooks', { mailbox: address, url: `${url}/webhook` }));
  const user = await reading(folder, (db) => db('auth_users').where({ uuid: id }).first('id'));
  const made = await ok(root.post('/api/admin/activation-codes', { count: 1, boundUserId: user?.id }));
  const deviceInfo = { deviceId: mark, brand: mark, model: 'M', os: 'Android', osVersion: '13' };
  const robot = (await ok(anybody.post('/api/robot-ids/activate', { code: made.data.codes[0].code, deviceInfo }))).data;
  await hear(anybody, robot, mark);
  const document = { dsl: '1.0.0', namespace: 'drill', name: mark, version: '1.0.0' };
  const call = { call: 'http', with: { method: 'post', endpoint: `${url}/workflow`, body: { mark } } };
  await ok(http.post('/api/platform/workflows', { definition: { document, do: [{ call }] } }));
  await ok(http.post('/api/platform/ai/mcp-servers', { name: 'tools', url: `${url}/mcp` }));
  await ok(http.post('/api/platform/licensing/licences', { plan: 'yearly', email: `customer-${address}` }));

  const { session_id } = await ok(http.post('/api/v2/billing/checkout', { plan_id: 'pro' }));
  const subscription = stripe.pay(session_id);
  const event = stripe.event('checkout.session.completed', stripe.get('checkout_sessions', session_id));
  await ok(stripe.send(anybody, event));
  return { mark, ids: [id, tenant_id], subscription: subscription as Erased['subscription'], http, robot };
}

/** Mail, calls, answers that nobody takes now: all of it waits when they are erased. */
async function leaveThingsToDo(platform: Running, http: Client, robot: Robot, mark: string): Promise<void> {
  const root = clientOf(platform).bearer(ROOT_TOKEN);
  const address = `${mark}@example.com`;
  const mail = { from: address, to: `friend-${mark}@elsewhere.example`, subject: mark, text: mark };
  for (let times = 0; times < 3; times++) await ok(http.post('/api/send', mail));
  const raw = `From: a@sender.example\r\nTo: ${address}\r\nSubject: ${mark}\r\n\r\n${mark}\r\n`;
  await ok(root.post('/receive', { from: 'a@sender.example', to: address, raw }));
  await ok(http.post(`/api/platform/workflows/drill/${mark}/executions`, { input: { mark } }));
  await ok(http.post('/api/platform/licensing/licences', { plan: 'lifetime', email: `late-${address}` }));
  await ok(clientOf(platform).post('/api/v2/auth/forgot-password', { email: credentials(mark).email }));
  await hear(clientOf(platform), robot, mark);
  await sleep(3_000);
}

/** Somebody speaks with their robot, which is to answer. */
async function hear(anybody: Client, { robotId, token }: Robot, mark: string): Promise<void> {
  const message = { robotId, spoken: `Where is ${mark}?`, receivedName: mark, roomType: 2, textType: 1 };
  await ok(anybody.bearer(token).post('/api/robot/messages', message));
}

/** `table.column` and names of files in which something of them stands. */
async function tracesOf(folder: string, { mark, ids }: Pick<Erased, 'mark' | 'ids'>): Promise<string[]> {
  const found = new Set<string>();
  await reading(folder, async (db) => {
    const tables: { name: string }[] = await db('sqlite_master').where({ type: 'table' }).select('name');
    for (const { name } of tables) {
      for (const row of await db(name).select('*')) {
        for (const [column, value] of Object.entries(row)) {
          const text = Buffer.isBuffer(value) ? value.toString('latin1') : String(value);
          const place = `${name}.${column}`;
          const isNamed = ids.some((id) => text.includes(id)) && !KEPT.test(place);
          if (isNamed || text.toLowerCase().includes(mark)) found.add(place);
        }
      }
    }
  });
  const files = join(folder, 'files');
  const all = existsSync(files) ? readdirSync(files, { recursive: true, withFileTypes: true }) : [];
  for (const file of all.filter((one) => one.isFile())) {
    const text = readFileSync(join(file.parentPath, file.name)).toString('latin1').toLowerCase();
    if (text.includes(mark)) found.add(`the file ${file.name}`);
  }
  return [...found].sort();
}

/** What must happen and has not. */
function openJobs(folder: string): Promise<string[]> {
  return reading(folder, async (db) => {
    const rows = await db('core_jobs').where('name', 'like', '%deleted').orWhere('name', 'like', 'billing.%');
    return rows.map(({ name, last_error }) => `${name}: ${last_error}`);
  });
}

async function reading<T>(folder: string, work: (db: knex.Knex) => Promise<T>): Promise<T> {
  const connection = { filename: join(folder, 'patchbay.sqlite3') };
  const db = knex({ client: 'sqlite3', connection, useNullAsDefault: true });
  try {
    return await work(db);
  } finally {
    await db.destroy();
  }
}
