/** Passwords of a mailbox are tried ten times in a quarter of an hour, from wherever they come and however many at once. */
import assert from 'node:assert/strict';
import { authConfig, signInAdmin } from '#test/support/accounts.ts';
import { startPlatform } from '#test/support/harness.ts';

it('ten wrong passwords close a mailbox, also when forty come at once from as many addresses', async () => {
  const app = await startPlatform({
    plugins: { auth: authConfig, mail: { domains: ['example.com'], smtp: { enabled: false } } },
    config: { http: { trustProxy: ['127.0.0.1'] } },
  });
  const admin = await signInAdmin(app);
  const address = 'shared@example.com';
  await admin.http.post('/api/create', { local: 'shared' });
  await admin.http.post('/api/mailboxes/change-password', { address, new_password: 'the right one' });
  await admin.http.post('/api/mailboxes/toggle-login', { address, can_login: true });
  const login = (password: string, index: number) =>
    app.http.post('/api/login', { username: address, password }, { 'x-forwarded-for': `198.51.100.${index}` });
  for (let index = 1; index <= 12; index++) assert.equal((await login('the right one', 100 + index)).status, 200);
  const answers = await Promise.all(Array.from({ length: 40 }, (_, index) => login('wrong', index + 1)));
  const count = (status: number) => answers.filter((answer) => answer.status === status).length;
  assert.deepEqual([count(401), count(429)], [10, 30]);
  assert.equal((await login('the right one', 200)).status, 429);
  const { db } = app.services;
  const entries = await db.read('auth_audit_entries').where({ action: 'mailbox.sign_in_failed' });
  assert.equal(entries.length, 10);
  assert.ok(!JSON.stringify(entries).includes(address), 'the log holds no address of the mailbox');
  await app.stop();
});
