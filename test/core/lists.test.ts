/** Lists of core: the contract of all lists, their filters, and what a hostile query does to them. */
import assert from 'node:assert/strict';
import { authConfig, ROOT_TOKEN, register } from '#test/support/accounts.ts';
import type { Client } from '#test/support/client.ts';
import { startPlatform, type TestPlatform } from '#test/support/harness.ts';
import { walkList } from '#test/support/lists.ts';

const JOBS = '/api/platform/jobs';
const RUNS = '/api/platform/cron/runs';
const OPERATIONS = '/api/platform/operations';

describe('lists of core', () => {
  let app: TestPlatform;
  let root: Client;
  before(async () => {
    app = await startPlatform({ plugins: { auth: authConfig } });
    root = app.http.bearer(ROOT_TOKEN);
  });
  after(() => app.stop());

  const shown = async (path: string, of = root) => (await of.get(path)).body.items;

  describe('of jobs', () => {
    const payload = {
      to: 'ada@example.com',
      token: 'sealed-something',
      count: 3,
      values: { url: 'https://x.test/?token=abc' },
    };
    before(async () => {
      await app.services.db.write('core_jobs').delete();
      const later = app.clock.now() + 3_600_000;
      for (const [index, state] of (['ready', 'dead', 'ready', 'ready', 'dead'] as const).entries()) {
        await app.services.db.write('core_jobs').insert({
          name: index < 2 ? 'test.one' : 'test.two',
          payload: JSON.stringify(payload),
          state,
          max_attempts: 3,
          run_at: later - (index % 2) * 1_000,
          created_at: app.clock.now() + index,
          lane: '',
          last_error: state === 'dead' ? 'connect to https://me:hunter2@example.com failed' : null,
        });
      }
    });

    it('keep the contract', () => walkList({ client: root, path: JOBS, rows: 5, sorts: ['run_at', 'created_at'] }));

    it('filter by state, name and time', async () => {
      assert.equal((await shown(`${JOBS}?state=dead`)).length, 2);
      assert.equal((await shown(`${JOBS}?state=dead,ready&name=test.two`)).length, 3);
      assert.equal((await shown(`${JOBS}?name=test.one,test.two&state=running`)).length, 0);
      const [first] = await shown(`${JOBS}?sort=run_at`);
      const until = new Date(first.run_at + 1).toISOString();
      assert.equal((await shown(`${JOBS}?run_at_to=${until}`)).length, 2);
      assert.equal((await root.get(`${JOBS}?state=gone`)).status, 422);
    });

    it('show one with what it carries, and no secret', async () => {
      const [dead] = await shown(`${JOBS}?state=dead`);
      assert.equal(dead.payload, undefined);
      const { body } = await root.get(`${JOBS}/${dead.id}`);
      assert.deepEqual(body.payload, {
        ...payload,
        token: '(hidden)',
        values: { url: 'https://x.test/?token=(hidden)' },
      });
      assert.equal(body.last_error, 'connect to https://(hidden)@example.com failed');
      assert.equal((await root.get(`${JOBS}/999999999`)).status, 404);
    });
  });

  it('of runs of scheduled work keep the contract, and filter', async () => {
    const { db } = app.services;
    await app.platform.cron.stop(5_000);
    await db.write('core_cron_runs').delete();
    for (const [index, status] of (['done', 'failed', 'done', 'running'] as const).entries()) {
      const at = 1_000 * index;
      const job = index % 2 ? 'test.odd' : 'test.even';
      await db.write('core_cron_runs').insert({ job, scheduled_at: at, started_at: at, status, attempts: 1 });
    }
    await walkList({ client: root, path: RUNS, rows: 4, sorts: ['started_at'] });
    assert.equal((await shown(`${RUNS}?status=failed`)).length, 1);
    assert.equal((await shown(`${RUNS}?job=test.even`)).length, 2);
    assert.equal((await shown(`${RUNS}?started_at_from=1970-01-01T00:00:02Z`)).length, 2);
  });

  describe('of long work', () => {
    let owner: Client;
    let stranger: Client;
    before(async () => {
      const people = [await register(app), await register(app)];
      const [one, other] = people.map(({ http }) => http);
      assert.ok(one && other);
      owner = one;
      stranger = other;
      for (const [index, kind] of ['test.a', 'test.b', 'test.a'].entries()) {
        for (const person of people) {
          const user = await app.services.people.userByUuid(person.id);
          const principal = await app.services.accounts.principalOf(user!.id);
          const operation = await app.services.operations.begin({
            kind,
            title: `Work ${index}`,
            principal: principal!,
          });
          if (index > 0) await operation.end(null);
          else await app.services.db.write('core_operations').where({ uuid: operation.id }).update({ leased_until: 1 });
          await app.clock.advance(10);
        }
      }
    });

    it('keep the contract', () => walkList({ client: owner, path: OPERATIONS, rows: 3, sorts: ['begun_at'] }));

    it('filter by the state that is shown', async () => {
      const [lost] = await shown(`${OPERATIONS}?state=interrupted,failed`, owner);
      assert.equal(lost.state, 'interrupted');
      assert.deepEqual(await shown(`${OPERATIONS}?state=running`, owner), []);
      assert.equal((await shown(`${OPERATIONS}?state=done&kind=test.a`, owner)).length, 1);
    });

    it("show nobody another tenant's, whatever is asked", async () => {
      const mine = new Set((await shown(OPERATIONS, stranger)).map(({ id }: { id: string }) => id));
      const { next_cursor } = (await root.get(`${OPERATIONS}?limit=1`)).body;
      for (const query of ['', 'state=done,interrupted', 'sort=begun_at', 'kind=test.a', `cursor=${next_cursor}`]) {
        const items = await shown(`${OPERATIONS}?${query}`, stranger);
        assert.ok(items.length > 0);
        assert.ok(
          items.every(({ id }: { id: string }) => mine.has(id)),
          query,
        );
      }
      const csv = (await stranger.get(`${OPERATIONS}?format=csv`)).text.trimEnd().split('\n');
      assert.equal(csv.length, 4);
    });
  });

  it('refuse what no database takes, as a mistake of the caller', async () => {
    const forged = (...parts: unknown[]) => Buffer.from(JSON.stringify(parts)).toString('base64url');
    for (const query of [
      'name=a%00b',
      'run_at_from=2016-12-31T23:59:60Z',
      `cursor=${forged(2, '', 0, null, 'text')}`,
      `cursor=${forged(2, '', 0, null, 1e300)}`,
      `cursor=${forged(2, 'run_at', 0, 'text', 1)}`,
      `cursor=${forged(2, 'run_at', 0, null, 1)}`,
      `cursor=${forged(2, 'run_at', 0, [1], 1)}`,
      `cursor=${forged(2, 'payload', 0, 'x', 1)}`,
      `cursor=${forged(2, 'run_at', 0, 1, { a: 1 })}`,
      `name=${'x'.repeat(501)}`,
      'sort=payload',
      'limit=201',
    ]) {
      const { status } = await root.get(`${JOBS}?${query}`);
      assert.ok(status === 400 || status === 422, `${query} answers ${status}`);
    }
    for (const id of ['0', '-1', '1e300', '9007199254740993', 'x']) {
      assert.ok([404, 422].includes((await root.get(`${JOBS}/${id}`)).status), id);
    }
    const far = `cursor=${forged(2, 'run_at', 0, Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER)}`;
    assert.deepEqual(await shown(`${JOBS}?${far}`), []);
    assert.equal((await root.get(`${JOBS}?name=${'a,'.repeat(60)}`)).status, 422);
  });

  it('are for those alone whom their routes name', async () => {
    const { http } = await register(app);
    for (const path of [JOBS, `${JOBS}/1`, RUNS, '/api/platform/plugins', '/api/platform/plugins/auth']) {
      assert.deepEqual([(await http.get(path)).status, (await app.http.get(path)).status], [403, 401], path);
    }
  });
});

describe('plugins, for super-admins', () => {
  it('are shown with their health, tables and configuration, but no secret', async () => {
    const app = await startPlatform({ plugins: { auth: authConfig, licensing: { apiKey: 'a-licence-key-4711' } } });
    const root = app.http.bearer(ROOT_TOKEN);
    const answer = await root.get('/api/platform/plugins');
    assert.deepEqual(
      answer.body.items.map(({ name, table_prefix }: any) => [name, table_prefix]),
      [
        ['auth', 'auth_'],
        ['licensing', 'licensing_'],
      ],
    );
    const { body } = await root.get('/api/platform/plugins/licensing');
    assert.deepEqual([body.requires, body.config.apiKey], [['auth'], '(hidden)']);
    assert.ok(body.migrations.length > 0 && body.migrations.every(({ applied }: any) => applied));
    assert.match(body.docs, /\/docs#\/licensing$/);
    for (const secret of [ROOT_TOKEN, authConfig.admin.password, 'a-licence-key-4711'])
      assert.ok(!answer.text.includes(secret));
    assert.equal((await root.get('/api/platform/plugins/nope')).status, 404);
    await app.stop();
  });
});
