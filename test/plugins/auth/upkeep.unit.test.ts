/** What has expired goes by itself. */
import assert from 'node:assert/strict';
import { authConfig, register } from '#test/support/accounts.ts';
import { startPlatform } from '#test/support/harness.ts';

it('invitations, links, sessions and failed tries that are long over are deleted', async () => {
  const app = await startPlatform({
    plugins: { auth: authConfig },
    config: { http: { rateLimit: { enabled: false } } },
  });
  const { db, auditLog } = app.services;
  const owner = await register(app);
  await owner.http.post('/api/platform/auth/invitations', { email: 'never-came@example.net' });
  await app.http.post('/api/v2/auth/login', { email: owner.email, password: 'wrong' });
  await auditLog.verify();
  const left = async () => ({
    invitations: (await db.read('auth_invitations')).length,
    links: (await db.read('auth_links')).length,
    sessions: (await db.read('auth_sessions')).length,
    attempts: (await db.read('auth_audit_entries').where({ chain: 'attempts' })).length,
  });
  assert.deepEqual(await left(), { invitations: 1, links: 1, sessions: 1, attempts: 1 });
  for (let day = 0; day < 100; day += 10) {
    await app.clock.advance(10 * 24 * 3600_000);
    await app.platform.cron.runDue();
  }
  // Of the tries one stays, by which the chain begins.
  assert.deepEqual(await left(), { invitations: 0, links: 0, sessions: 0, attempts: 1 });
  assert.equal((await auditLog.verify()).ok, true);
  await app.stop();
});
