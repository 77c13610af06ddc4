/**
 * What somebody does costs as many statements with a thousand of whatever is open as with ten: listeners of events, sockets of
 * robots, jobs and executions that wait, API keys.
 */
import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import Type from 'typebox';
import type { Principal } from '#core/access/principal.ts';
import { topicMatcher, topicsOf } from '#core/events/live-topics.ts';
import { defineJob } from '#core/plugin.ts';
import { authConfig, type Person, ROOT_TOKEN, register, signIn } from '#test/support/accounts.ts';
import { testDatabase } from '#test/support/harness.ts';
import { connected, type Line, robotOf, sendText, startRobots, type TestRobot, upload } from './robots/support.ts';
import { type Bench, benchOf } from './workflows/support.ts';

const COUNTS = [10, 1_000];
/** What the platform does by itself at some moment, and groups that fall otherwise. */
const SPREAD = 8;

/** Transactions, and the links of the audit log, which are made for several entries together. */
const OF_ITSELF = /^(begin|commit)\b|auth_audit_(chains|entries)/i;

describe('what somebody does costs the same, however many', () => {
  let app: Awaited<ReturnType<typeof startRobots>>;
  let bench: Bench;
  let owner: Person;
  let robot: TestRobot;
  let statements: string[] = [];

  before(async () => {
    app = await startRobots({
      plugins: {
        auth: { ...authConfig, registration: 'open' },
        mail: { domains: ['example.com'], mailboxTtl: 0, smtp: { enabled: false } },
        robots: { requestsPerMinute: 0, bareSockets: { total: 2_000, perAddress: 2_000 } },
        workflows: {},
        licensing: {},
      },
    } as never);
    bench = benchOf(app);
    owner = await register(app);
    robot = await robotOf(app, owner);
    const { db } = app.services;
    for (const side of new Set([db.read, db.write]))
      side.on('query', ({ sql }: { sql: string }) => {
        statements.push(sql);
      });
  });
  after(() => app.stop());

  /** What is begun by it has ended, as far as anybody can know. */
  const quiet = async () => {
    for (let turn = 0; turn < 30; turn++) {
      await app.services.jobs.idle();
      await new Promise(setImmediate);
    }
    // On PostgreSQL an answer takes some turns of the loop.
    await app.services.db.read('core_installation').first();
  };
  /** Until nothing more is asked. */
  const still = async () => {
    for (let before = -1; before !== statements.length; ) {
      before = statements.length;
      for (let round = 0; round < 10; round++) {
        await quiet();
        // What a busy database still works on begins the next when it has ended.
        await pause(30);
      }
      // Its own.
      before += 10;
    }
  };
  /** The least of some times: what the platform does by itself meanwhile is not meant. What is dear is counted again. */
  const costOf = async (work: () => Promise<unknown>, enough: number): Promise<string[]> => {
    const tries: string[][] = [];
    await work();
    for (let times = 0; times < 15 && (times < 3 || !tries.some(({ length }) => length <= enough)); times++) {
      await quiet();
      statements = [];
      await work();
      await quiet();
      tries.push(statements.filter((sql) => !OF_ITSELF.test(sql)));
    }
    return tries.sort((one, other) => one.length - other.length)[0] ?? [];
  };

  /** `work` by its name, each with so many of what `open` opens. */
  async function compare(
    open: (upTo: number) => Promise<unknown>,
    works: Record<string, () => Promise<unknown>>,
    counts: readonly number[] = COUNTS,
  ) {
    const costs = new Map<string, string[][]>();
    for (const count of counts) {
      await open(count);
      await still();
      for (const [name, work] of Object.entries(works)) {
        const found = costs.get(name) ?? [];
        const enough = found[0] ? found[0].length + SPREAD : Number.POSITIVE_INFINITY;
        costs.set(name, [...found, await costOf(work, enough)]);
      }
    }
    for (const [name, all] of costs) {
      const [few = [], many = []] = all;
      const most = Math.max(...all.map(({ length }) => length));
      const text = all.map(({ length }, index) => `${length} with ${counts[index]}`).join(', ');
      const more = [...new Set(many)].filter((sql) => count(many, sql) > count(few, sql));
      assert.ok(most <= few.length + SPREAD, `${name}: ${text}; more often: ${more.join('; ').slice(0, 600)}`);
    }
  }

  const signsIn = async () => void (await signIn(app, owner.email, owner.password));
  let said = 0;
  const uploads = () => upload(robot, { receivedName: `name ${said++}` });
  const sends = () => sendText(robot, 'text');
  const issues = () => owner.http.post('/api/platform/licensing/licences', { plan: 'yearly', email: 'a@b.example' });

  it('listen to events of the tenant', async () => {
    const principal = await principalOf(owner);
    let opened = 0;
    const closings: (() => void)[] = [];
    const open = async (upTo: number) => {
      for (; opened < upTo; opened++)
        closings.push(
          app.services.events.follow({
            after: null,
            wants: topicMatcher(topicsOf('*')),
            isFor: (event) => app.services.eventSight.maySee(event, principal),
            pass: async () => {},
            stands() {},
            reset() {},
            failed() {},
          }),
        );
    };
    const root = app.http.bearer(ROOT_TOKEN);
    await root.post('/api/create', { local: 'me' });
    const user = await app.services.people.userByUuid(owner.id);
    const mine = { tenant_id: owner.tenantId, user_id: user?.id ?? 0 };
    await app.services.db.write('mail_mailboxes').where({ address: 'me@example.com' }).update(mine);
    const raw = 'From: a@b.example\r\nTo: me@example.com\r\nSubject: x\r\n\r\ntext\r\n';
    const mails = async () => {
      await root.post('/receive', { from: 'a@b.example', to: 'me@example.com', raw });
      await app.services.mailParseLoop.idle();
    };
    await compare(open, { uploads, sends, issues, mails });
    for (const close of closings) close();
  }).timeout(120_000);

  it('sockets of robots are open', async () => {
    const lines: Line[] = [];
    const open = async (upTo: number) => {
      while (lines.length < upTo) {
        const some = Array.from({ length: Math.min(50, upTo - lines.length) }, async () =>
          connected(app, await robotOf(app, owner)),
        );
        lines.push(...(await Promise.all(some)));
      }
    };
    await compare(open, { uploads, sends, signsIn });
    for (const { socket } of lines) socket.terminate();
    await Promise.all(lines.map(({ closed }) => closed));
  }).timeout(240_000);

  it('jobs wait, due and not', async () => {
    const { db, jobs } = app.services;
    const type = { summary: 's', payload: Type.Object({}) };
    let release = (): void => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    app.declare({
      jobs: [
        defineJob({ ...type, name: 'test.quick', run: async () => {} }),
        defineJob({ ...type, name: 'test.held', concurrency: 1, run: () => held }),
      ],
    });
    let waiting = 0;
    const open = async (upTo: number) => {
      await db.transaction(async (trx) => {
        for (; waiting < upTo; waiting++) {
          await jobs.enqueue(trx, 'test.held', {}, { lane: `lane ${waiting}` });
          const runAt = app.clock.now() + 3600_000;
          await jobs.enqueue(trx, 'test.quick', {}, { lane: `lane ${waiting}`, runAt });
        }
      });
      // One is under way, and never ends.
      for (let turn = 0; turn < 50; turn++) await new Promise(setImmediate);
    };
    const settled = async () => {
      await db.transaction((trx) => jobs.enqueue(trx, 'test.quick', {}, { lane: 'mine' }));
      const left = () => db.read('core_jobs').where({ name: 'test.quick', lane: 'mine' }).first('id');
      while (await left()) await new Promise((resolve) => setTimeout(resolve, 5));
    };
    const costs: number[] = [];
    for (const count of COUNTS) {
      await open(count);
      await settled();
      statements = [];
      await settled();
      costs.push(statements.filter((sql) => /core_jobs/.test(sql) && !/"lane" = |`lane` = /.test(sql)).length);
    }
    assert.ok(Math.max(...costs) <= (costs[0] ?? 0) + SPREAD, costs.join(', '));
    await db.write('core_jobs').where({ name: 'test.quick' }).delete();
    release();
    await jobs.idle();
  }).timeout(120_000);

  it('executions wait for something', async () => {
    const wait = "do: [{ w: { listen: { to: { one: { with: { type: 'never.comes' } } } } } }]";
    await bench.publish('waits', wait);
    await bench.publish('quick', 'do: [{ s: { set: { said: true } } }]');
    const ids: string[] = [];
    const open = async (upTo: number) => {
      while (ids.length < upTo)
        ids.push(
          ...(await Promise.all(Array.from({ length: Math.min(50, upTo - ids.length) }, () => bench.start('waits')))),
        );
      await bench.until(ids.at(-1) ?? '', ({ status }) => status === 'waiting');
    };
    const root = app.http.bearer(ROOT_TOKEN);
    const publishes = () =>
      root.post('/api/platform/events', { specversion: '1.0', id: `${said++}`, source: 'test', type: 'other.came' });
    // What a thousand cost, SQLite shows; starting them takes most of the time here.
    const counts = testDatabase === 'pg' ? [10, 300] : COUNTS;
    await compare(open, { runs: () => bench.run('quick'), publishes, uploads, signsIn }, counts);
  }).timeout(240_000);

  it('API keys there are, of the tenant and of others', async () => {
    const { db } = app.services;
    const own = (await owner.http.post('/api/v2/api-keys', { name: 'own' })).body;
    const template = await db.read('auth_api_keys').where({ uuid: own.id }).first();
    assert.ok(template);
    const { id: _, ...row } = template;
    const stranger = await app.services.people.userByUuid((await register(app)).id);
    let there = 0;
    const open = async (upTo: number) => {
      await db.transaction(async (trx) => {
        for (; there < upTo; there++) {
          const name = `00000000-0000-4000-8000-${String(there).padStart(12, '0')}`;
          const other = there % 2 === 0 && stranger ? { user_id: stranger.id, tenant_id: stranger.tenant_id } : {};
          await trx('auth_api_keys').insert({ ...row, ...other, uuid: name, key_hash: name, key_prefix: 'mf_xxxx' });
        }
      });
    };
    const asks = () => app.http.apiKey(own.raw_key).get('/api/v2/users/me');
    const makesAndRevokes = async () => {
      const { id } = (await owner.http.post('/api/v2/api-keys', { name: 'one more' })).body;
      assert.equal((await owner.http.delete(`/api/v2/api-keys/${id}`)).status, 204);
    };
    const lists = () => owner.http.get('/api/platform/auth/api-keys?limit=20');
    await compare(open, { asks, makesAndRevokes, lists, signsIn });
  }).timeout(120_000);

  async function principalOf({ id }: Person): Promise<Principal> {
    const user = await app.services.people.userByUuid(id);
    const principal = user && (await app.services.accounts.principalOf(user.id));
    assert.ok(principal);
    return principal;
  }
});

function count(all: readonly string[], one: string): number {
  return all.filter((sql) => sql === one).length;
}
