/** What monitors and supervisors are told: whether something can be written, restarted, or has piled up. */
import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createHealthChecks } from '#core/health/health.ts';
import { createLiveness } from '#core/health/liveness.ts';
import { createWriteCheck } from '#core/health/write-check.ts';
import { createLog } from '#core/observability/log.ts';
import { authConfig, ROOT_TOKEN } from '#test/support/accounts.ts';
import { startPlatform, type TestPlatform, testDatabase } from '#test/support/harness.ts';

const MONITOR = 'a-token-for-monitors';
const DAY_MS = 24 * 60 * 60 * 1000;
const log = createLog({ level: 'silent' });

describe('readiness', () => {
  let app: TestPlatform;

  before(async () => {
    const plugins = { auth: authConfig, mail: { smtp: { port: 0 } }, billing: {}, licensing: {}, workflows: {} };
    app = await startPlatform({ plugins, config: { metrics: { token: MONITOR } } });
  });
  after(() => app.stop());

  it('is red while nothing can be written to the database, and green again afterwards', async () => {
    assert.equal((await app.http.get('/health/ready')).status, 200);
    const forbid =
      testDatabase === 'pg'
        ? `alter database "${new URL(String(app.services.coreConfig.database.connection)).pathname.slice(1)}" set default_transaction_read_only = on`
        : 'pragma query_only = on';
    await app.services.db.write.raw(forbid);
    // Sessions that were open before keep what they had, as a fail-over ends them.
    if (testDatabase === 'pg') await app.services.db.write.raw('set default_transaction_read_only = on');
    if (testDatabase === 'pg') {
      const others =
        'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()';
      await app.services.db.write.raw(others);
    }
    await app.clock.advance(6_000);
    const answer = await app.http.get('/health/ready');
    assert.deepEqual([answer.status, answer.body], [503, { status: 'degraded' }]);
    const reason = async () => (await app.http.bearer(MONITOR).get('/health/ready')).body.checks.database.detail.reason;
    // A look may have met a session that was just ended; the next one has another.
    for (let look = 0; look < 10 && /terminated/.test(await reason()); look++) await app.clock.advance(6_000);
    assert.match(await reason(), /read.?only|readonly/i);
    assert.equal((await app.http.get('/health')).status, 200);
    if (testDatabase === 'pg') await app.services.db.write.raw(forbid.replace(/= on$/, '= off')).catch(() => {});
    if (testDatabase === 'pg') return;
    await app.services.db.write.raw('pragma query_only = off');
    await app.clock.advance(6_000);
    assert.equal((await app.http.get('/health/ready')).status, 200);
  });
});

describe('who asks whether all is well', () => {
  it('is given what is being found out already, however many ask', async () => {
    const app = await startPlatform();
    const gate = Promise.withResolvers<void>();
    try {
      const { db, jobs, clock, notices } = app.services;
      let looks = 0;
      const checks = createHealthChecks({
        db,
        jobs,
        clock,
        notices,
        blobs: app.services.blobs,
        writes: createWriteCheck({ db, dataDir: app.services.coreConfig.dataDir, clock }),
        integrity: { damage: () => null },
        cron: app.platform.cron,
        version: '1.0.0',
        backups: null,
        settings: { waiting: () => [], leftOut: () => [] },
        plugins: [
          {
            name: 'slow',
            async health() {
              looks++;
              await gate.promise;
              return { ok: true };
            },
          },
        ],
      });
      const asked = Array.from({ length: 30 }, () => checks.run());
      gate.resolve();
      const answers = await Promise.all(asked);
      assert.deepEqual([new Set(answers.map(({ status }) => status)), looks], [new Set(['ok']), 1]);
      assert.equal((await checks.run()).status, 'ok');
      assert.equal(looks, 2);
    } finally {
      await app.stop();
    }
  });
});

describe('monitors', () => {
  let app: TestPlatform;

  before(async () => {
    const plugins = { auth: authConfig, mail: { smtp: { port: 0 } }, billing: {}, licensing: {}, workflows: {} };
    app = await startPlatform({ plugins, config: { metrics: { token: MONITOR } } });
  });
  after(() => app.stop());

  it('see each part and every open door, with their token or as super-admins, and nobody else does', async () => {
    for (const token of [MONITOR, ROOT_TOKEN]) {
      const { status, body } = await app.http.bearer(token).get('/health/ready');
      assert.equal(status, 200);
      assert.ok(Array.isArray(body.open_doors) && body.checks.jobs.detail.dead === 0);
    }
    for (const client of [app.http, app.http.bearer('a-token-of-nobody')]) {
      assert.deepEqual((await client.get('/health/ready')).body, { status: 'ok' });
    }
  });

  it('read how much there is of everything that can stand still', async () => {
    const now = app.clock.now();
    const dead = { name: 'x', payload: '{}', priority: 0, attempts: 1, max_attempts: 1, run_at: now, created_at: now };
    await app.services.db.write('core_jobs').insert({ ...dead, state: 'dead' });
    await app.clock.advance(6_000);
    const { text } = await app.http.bearer(MONITOR).get('/metrics');
    for (const line of [
      /^patchbay_jobs\{state="dead"\} 1$/m,
      /^patchbay_jobs_oldest_due_seconds \d/m,
      /^patchbay_cron_last_done_timestamp_seconds\{job="mail\.removeExpired"\} \d+/m,
      /^patchbay_database_bytes\{part="database"\} [1-9]/m,
      /^patchbay_database_connections\{pool="\w+",state="wanted"\} \d+$/m,
      /^patchbay_mail_unparsed 0$/m,
    ]) {
      assert.ok(line.test(text), String(line));
    }
    assert.equal((await app.http.get('/metrics')).status, 401);
  });
});

describe('a supervisor', () => {
  const hanging = new Promise<void>(() => {});
  const database = (ping: () => Promise<void>, isThere: boolean) => ({
    client: 'pg' as const,
    ping,
    rawConnection: async () => {
      if (!isThere) throw new Error('ECONNREFUSED');
      return { query: async () => ({ rows: [] }), end: async () => {} } as never;
    },
  });

  it('is told to restart a process that its database does not answer any more, though it answers others', async () => {
    let time = 0;
    let ping = () => hanging;
    const options = { file: null, log, now: () => time, answerMs: 5 };
    const liveness = createLiveness({ ...options, db: database(() => ping(), true) });
    await liveness.check();
    assert.equal(liveness.reason(), null);
    time = 31_000;
    await liveness.check();
    assert.match(liveness.reason() ?? '', /not this process/);
    ping = async () => {};
    await liveness.check();
    assert.equal(liveness.reason(), null);
  });

  it('is not told so when nobody is answered: a restart would help nobody', async () => {
    let time = 0;
    const liveness = createLiveness({
      file: null,
      log,
      now: () => time,
      answerMs: 5,
      db: database(() => hanging, false),
    });
    await liveness.check();
    time = 60_000;
    await liveness.check();
    assert.equal(liveness.reason(), null);
  });
});

describe('a damaged database', () => {
  if (testDatabase === 'pg') return;

  it('is found after an end without a goodbye, and makes the platform not ready', async () => {
    const first = await startPlatform({ config: { metrics: { token: MONITOR } } });
    const { dataDir, services } = first;
    await services.db.write.raw(
      'create table junk as select randomblob(3000) as bytes from core_installation, core_cron_runs',
    );
    await first.platform.stop();
    const { DatabaseSync } = await import('node:sqlite');
    const file = join(dataDir, 'patchbay.sqlite3');
    const db = new DatabaseSync(file);
    db.exec("insert into core_installation values ('is_running', 'yes')");
    const root = Number(db.prepare("select rootpage from sqlite_master where name = 'junk'").get()?.rootpage);
    db.close();
    const { openSync, writeSync, closeSync } = await import('node:fs');
    const handle = openSync(file, 'r+');
    writeSync(handle, Buffer.alloc(2_000, 0xee), 0, 2_000, (root - 1) * 4096);
    closeSync(handle);

    const second = await startPlatform({ dataDir, config: { metrics: { token: MONITOR } }, checkNightly: true });
    const health = async () => (await second.http.bearer(MONITOR).get('/health/ready')).body;
    let body = await health();
    while (body.status === 'ok') body = await health();
    assert.match(body.checks.database.detail.damage, /.+/);
    await second.clock.advance(DAY_MS);
    const failed = { job: 'core.checkDatabase', status: 'failed' as const };
    const night = async () => (await second.services.db.read('core_cron_runs').where(failed).first())?.error;
    while (!(await night())) await second.clock.advance(0);
    assert.match((await night()) ?? '', /^The database is damaged: /);
    await second.stop();
  }).timeout(15_000);
});

describe('a folder of somebody else', () => {
  if (process.getuid?.() === 0) return;

  it('is found at the start', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'patchbay-foreign-'));
    mkdirSync(join(dataDir, 'files'));
    writeFileSync(join(dataDir, 'files', 'x'), '');
    chmodSync(join(dataDir, 'files'), 0o500);
    await assert.rejects(startPlatform({ dataDir }), /cannot be written by this user/);
    chmodSync(join(dataDir, 'files'), 0o700);
  });
});
