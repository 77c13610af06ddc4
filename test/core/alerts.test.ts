/** Administrators are told of what has been wrong for some minutes, once, and when it is over, on both databases. */
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { catchMails } from '#core/testing/mails.ts';
import { takeWarnings } from '#core/testing/warnings.ts';
import { authConfig, signInAdmin } from '#test/support/accounts.ts';
import { startPlatform, type TestPlatform, testDatabase } from '#test/support/harness.ts';

const MINUTE_MS = 60_000;
const PLUGINS = { auth: authConfig };

describe('alerts', function () {
  this.timeout(120_000);
  let app: TestPlatform;
  let other: TestPlatform;
  const told: string[] = [];
  let webhook: ReturnType<typeof createServer>;
  const called: { alert: string; is_over: boolean }[] = [];

  before(async () => {
    webhook = createServer(async (request, response) => {
      let body = '';
      for await (const chunk of request) body += chunk;
      called.push(JSON.parse(body));
      response.end();
    });
    await new Promise<void>((resolve) => webhook.listen(0, '127.0.0.1', resolve));
    const { port } = webhook.address() as AddressInfo;
    const config = { alerts: { to: null, webhook: `http://127.0.0.1:${port}/` } };
    app = await startPlatform({ plugins: PLUGINS, config });
    const { dataDir, clock } = app;
    const { database } = app.services.coreConfig;
    // On SQLite there is one process on a database.
    other = testDatabase === 'pg' ? await startPlatform({ plugins: PLUGINS, config, database, dataDir, clock }) : app;
    await signInAdmin(app);
    await app.services.db.write('auth_users').where({ is_superadmin: 1 }).update({ email_verified_at: 1 });
    for (const one of new Set([app, other])) {
      catchMails(one);
      one.services.mailer.send = async ({ subject }) => {
        told.push(subject);
        return { id: 'x' };
      };
    }
  });
  after(async () => {
    if (other !== app) await other.platform.stop();
    await app.stop();
    webhook.close();
    takeWarnings();
  });

  async function minutes(count: number): Promise<void> {
    for (let minute = 0; minute < count; minute++) {
      await app.clock.advance(MINUTE_MS);
      await Promise.all([app.platform.cron.runDue(), other.platform.cron.runDue()]);
    }
    await Promise.all([app.services.jobs.idle(), other.services.jobs.idle()]);
  }
  async function die(): Promise<void> {
    const { db, jobs, clock } = app.services;
    const runAt = clock.now() + 365 * 86_400_000;
    await db.transaction((trx) => jobs.enqueue(trx, 'core.forgetOperations', { tenantid: 'x' }, { runAt }));
    await db.write('core_jobs').where({ name: 'core.forgetOperations' }).update({ state: 'dead', attempts: 10 });
  }
  const revive = () => app.services.db.write('core_jobs').where({ state: 'dead' }).delete();

  it('tell nothing of what is over soon', async () => {
    await die();
    await minutes(3);
    await revive();
    await minutes(10);
    assert.deepEqual([told, called], [[], []]);
  });

  it('tell what holds once, whichever replica sees it, and that it is over', async () => {
    await die();
    await minutes(12);
    assert.deepEqual(told, ['Jobs have failed']);
    assert.deepEqual(
      called.map(({ alert, is_over }) => [alert, is_over]),
      [['dead-jobs', false]],
    );
    await revive();
    await minutes(2);
    assert.deepEqual(told, ['Jobs have failed', 'No failed jobs are left']);
    assert.equal(called.at(-1)?.is_over, true);
  });

  it('pause for an hour when a condition comes and goes', async () => {
    told.length = 0;
    for (let time = 0; time < 3; time++) {
      await die();
      await minutes(8);
      await revive();
      await minutes(2);
    }
    assert.deepEqual(told, []);
    await die();
    await minutes(40);
    assert.deepEqual(told, ['Jobs have failed']);
    await revive();
  });

  it('are nobody’s work when nobody is to be told', async () => {
    const quiet = await startPlatform({ plugins: PLUGINS });
    let looks = 0;
    const { counts } = quiet.services.jobs;
    quiet.services.jobs.counts = () => {
      looks++;
      return counts();
    };
    await quiet.clock.advance(10 * MINUTE_MS);
    await quiet.platform.cron.runDue();
    assert.equal(looks, 0);
    await quiet.stop();
  });
});
