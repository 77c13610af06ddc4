/** Older versions' backups, made by `test/support/make-history.ts`: today's version restores them and goes on. */
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ADMIN, authConfig, ROOT_TOKEN, signIn } from '#test/support/accounts.ts';
import { onInstallation, temporaryFolder } from '#test/support/backups.ts';
import { dropDatabase, ownedDatabase, startPlatform, testDatabase } from '#test/support/harness.ts';

const HISTORY = fileURLToPath(new URL('../fixtures/history', import.meta.url));
const client = testDatabase === 'pg' ? 'pg' : 'sqlite';
const plugins = {
  auth: authConfig,
  billing: {},
  licensing: {},
  workflows: {},
  mail: { mailboxTtl: 0, smtp: { port: 0 } },
};

describe('an upgrade', () => {
  for (const archive of archives()) {
    it(`from ${archive} keeps accounts, mail, licences and executions, which go on`, async () => {
      const database = await ownedDatabase();
      const dataDir = join(temporaryFolder(), 'data');
      const { code, err } = await onInstallation(['restore', join(HISTORY, archive)], dataDir, database);
      assert.equal(code, 0, err);
      const app = await startPlatform({ plugins, dataDir, database });
      const { db, mailParseLoop } = app.services;
      const root = app.http.bearer(ROOT_TOKEN);

      const admin = (await signIn(app, ADMIN.email, ADMIN.password)).http;
      assert.deepEqual((await admin.get('/api/platform/audit/verify')).body.ok, true);
      await mailParseLoop.idle();
      const { body: mails } = await root.get('/api/emails?mailbox=keep@example.com');
      const [code4, large] = ['Your code is 482913', 'large'].map((subject) =>
        mails.find((mail: { subject: string }) => mail.subject === subject),
      );
      assert.equal(code4.verification_code, '482913');
      assert.ok((await root.get(`/api/email/${large.id}/download`)).text.length > 100_000);

      const licence = await db.read('licensing_licences').where({ email: 'customer@example.org' }).first();
      const verified = await app.http.post('/api/verify', { email: licence?.email, activation_code: licence?.code });
      assert.equal(verified.body.isValid, true, verified.text);

      const secrets = await admin.get('/api/platform/workflow-secrets');
      assert.ok(JSON.stringify(secrets.body).includes('token'), secrets.text);
      const told = await admin.post('/api/platform/events', { type: 'com.example.go', source: '/test', data: {} });
      assert.ok(told.status < 300, told.text);
      await app.clock.advance(6 * 60_000);
      const going = ['waits', 'listens'];
      const statuses = async () => {
        const { body } = await admin.get('/api/platform/executions?namespace=history');
        const items: { name: string; status: string }[] = body.items;
        return items.filter(({ name }) => going.includes(name)).map(({ status }) => status);
      };
      let found = await statuses();
      const until = Date.now() + 15_000;
      while (found.some((status: string) => status !== 'completed') && Date.now() < until) {
        await new Promise((resolve) => setTimeout(resolve, 50));
        found = await statuses();
      }
      assert.deepEqual(
        found,
        going.map(() => 'completed'),
      );
      assert.equal((await app.http.get('/health/ready')).status, 200);
      await app.stop();
      await dropDatabase(database);
    }).timeout(60_000);
  }
});

/** Those of this kind of database, and the oldest of the other one. */
function archives(): string[] {
  const all = readdirSync(HISTORY)
    .filter((name) => name.endsWith('.tar.gz'))
    .sort();
  const own = all.filter((name) => name.endsWith(`.${client}.tar.gz`));
  return [...own, ...all.filter((name) => !own.includes(name)).slice(0, 1)];
}
