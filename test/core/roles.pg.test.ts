/** Two processes on one PostgreSQL, each with a part of the work: together they do all of it. */
import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { createRoleWatch } from '#core/roles/role-watch.ts';
import type { ProcessRole } from '#core/roles/roles.ts';
import { authConfig, signInAdmin } from '#test/support/accounts.ts';
import { startPlatform, type TestPlatform, testDatabase } from '#test/support/harness.ts';
import { sendMail } from '#test/support/smtp.ts';

if (testDatabase === 'pg')
  describe('two processes with a part of the roles each', () => {
    let doors: TestPlatform;
    let work: TestPlatform;
    before(async () => {
      const options = {
        plugins: {
          auth: { ...authConfig, registration: 'open' },
          mail: { domains: ['example.com'], smtp: { port: 0 } },
          workflows: {},
        },
      };
      const token = 'token-of-the-monitors';
      doors = await startPlatform({ ...options, config: { roles: ['http', 'smtp'], metrics: { token } } });
      const others = { roles: ['jobs', 'workflows', 'parse'], metrics: { token } };
      const { database } = doors.services.coreConfig;
      work = await startPlatform({ ...options, database, dataDir: doors.dataDir, clock: doors.clock, config: others });
    });
    after(async () => {
      await work.platform.stop();
      await doors.stop();
    });

    const until = async <T>(look: () => Promise<T | undefined>): Promise<T> => {
      for (let looks = 0; looks < 300; looks++, await pause(50)) {
        const found = await look();
        if (found !== undefined) return found;
      }
      throw new Error('It did not come');
    };
    const parts = async (app: TestPlatform): Promise<any> =>
      (await app.http.bearer('token-of-the-monitors').get('/health/ready')).body.checks;

    it('parse at one what has come at the other, and start a workflow with it', async () => {
      const admin = await signInAdmin(doors);
      const definition = [
        "document: { dsl: '1.0.0', namespace: test, name: welcome, version: 1.0.0 }",
        'schedule: { on: { one: { with: { type: mail.received } } } }',
        "do: [ { a: { set: { subject: '${ .[0].data.subject }' } } } ]",
      ].join('\n');
      const published = await admin.http.post('/api/platform/workflows', { definition });
      assert.equal(published.status, 201, published.text);
      const mailbox = await admin.http.post('/api/platform/mail/mailboxes', { local: 'box' });
      assert.ok(mailbox.status < 300, mailbox.text);
      const port = doors.services.smtpReceiver.port() ?? 0;
      await sendMail(port, { from: 'a@sender.example', to: 'box@example.com', subject: 'Come in', text: 'x' });
      const { id, status, locked_by } = await until(() =>
        doors.services.db.read('workflows_executions').where({ status: 'completed' }).first(),
      );
      assert.deepEqual([status, locked_by], ['completed', null]);
      const seen = await admin.http.get(`/api/platform/executions/${id}`);
      assert.deepEqual(seen.body.output, { subject: 'Come in' });
    });

    it('run what the other one was asked to start, and tells of', async () => {
      const admin = await signInAdmin(doors);
      const definition =
        "document: { dsl: '1.0.0', namespace: test, name: asked, version: 1.0.0 }\ndo: [ { a: { set: { b: 1 } } } ]";
      await admin.http.post('/api/platform/workflows', { definition });
      const heard: unknown[] = [];
      const unhear = work.services.notices.on('workflows.opened', (tenantId) => void heard.push(tenantId));
      const started = await admin.http.post('/api/platform/workflows/test/asked/executions', { input: {} });
      const { id } = started.body;
      await until(async () => {
        const { body } = await admin.http.get(`/api/platform/executions/${id}`);
        return body.status === 'completed' ? true : undefined;
      });
      unhear();
      assert.equal(heard.length, 1, 'the other process is told, and does not wait for its next look');
      assert.equal(doors.services.workflowEngine.loaded(), 0);
    });

    it('open the doors that are theirs', async () => {
      assert.equal(work.services.smtpReceiver.port(), null);
      assert.equal((await work.http.get('/health')).status, 200);
      assert.equal((await work.http.get('/health/ready')).status, 200);
      const refused = await work.http.get('/api/v2/users/me');
      assert.deepEqual([refused.status, refused.body.code], [503, 'unavailable']);
      assert.match(refused.body.detail, /roles leave out http/);
      assert.equal((await doors.http.get('/health/ready')).status, 200);
      assert.deepEqual((await parts(doors)).roles.detail.roles, ['http', 'smtp']);
    });

    it('say which roles nobody has, once the others would have been heard', async () => {
      const { notices, log } = doors.services;
      const told: unknown[] = [];
      const listening = { ...log, warn: (what: unknown) => told.push(what), info: () => {} } as unknown as typeof log;
      const others = work.services.notices;
      const watchOf = (roles: ProcessRole[], heard: typeof notices) =>
        createRoleWatch({ roles, notices: heard, log: listening, everyMs: 100 });
      const [watch, answering] = [
        watchOf(['http', 'smtp'], notices),
        watchOf(['http', 'jobs', 'workflows', 'parse'], others),
      ];
      watch.start();
      answering.start();
      assert.equal(watch.missing(), null);
      await pause(700);
      assert.deepEqual(watch.missing(), []);
      answering.stop();
      await until(async () => (told.length > 0 ? true : undefined));
      assert.deepEqual(watch.missing(), ['jobs', 'workflows', 'parse']);
      assert.deepEqual((await watch.health()).ok, true);
      watch.stop();
      assert.deepEqual(told, [{ roles: ['jobs', 'workflows', 'parse'] }]);
    });
  });
