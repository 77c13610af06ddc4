/** Erased is erased: nobody who is deleted, and no tenant, leaves a trace in any table or file but ids in the audit log. */
import assert from 'node:assert/strict';
import {
  authConfig,
  catchMails,
  joinTenant,
  type Person,
  register,
  signIn,
  signInAdmin,
} from '#test/support/accounts.ts';
import type { Answer } from '#test/support/client.ts';
import { fillerOf } from '#test/support/full-tenant.ts';
import { startPlatform, type TestPlatform } from '#test/support/harness.ts';
import { type Searched, tracesOf } from '#test/support/traces.ts';

/** Stands in everything that who is erased has: names, addresses, mails, inputs, secrets. */
let mark = '';
const DAY_MS = 24 * 3600_000;
/** Where an id alone may stay, and why. */
const KEPT = [
  // Who did what is the point of it.
  ...['actor_id', 'target_id', 'tenant_id'].map((column) => `auth_audit_entries.${column}`),
  // Invoices are kept as the law asks, without a name; what is paid after all is paid back by the note of who is gone.
  'billing_invoices.tenant_id',
  'billing_erased_tenants.tenant_id',
  // By the ids of what is gone, a plugin that was off erases it when it is back.
  'core_erasures.event',
  'core_erasures.told',
];

describe('erasing', () => {
  let app: TestPlatform;
  let admin: Person;
  let mails: ReturnType<typeof catchMails>;
  const all = {
    auth: authConfig,
    billing: {},
    licensing: {},
    mail: { domains: ['example.com'], mailboxTtl: 0, smtp: { enabled: false } },
    robots: {},
    'ai-replies': {},
    workflows: {},
  };
  const config = { http: { rateLimit: { enabled: false }, outbound: { allow: ['127.0.0.1'] } } };
  before(async () => {
    app = await startPlatform({ plugins: all, config });
    mails = catchMails(app);
    // Some mails do not go out, so that their jobs wait and give up.
    const { mailer } = app.services;
    const { send } = mailer;
    mailer.send = (mail) =>
      /sign-in link|invited/.test(mail.subject) ? Promise.reject(new Error('down')) : send(mail);
    admin = await signInAdmin(app);
  });
  after(() => app.stop());

  const ok = async (answer: Promise<Answer>): Promise<any> => {
    const { status, text, body } = await answer;
    assert.ok(status < 300, `${status}: ${text}`);
    return body;
  };

  /** Jobs and what cron does, until nothing is left to be done for days. */
  async function settle(): Promise<void> {
    for (let step = 0; step < 8; step++) {
      await app.services.jobs.idle();
      await app.clock.advance(step < 4 ? 3 * 3600_000 : DAY_MS);
      await app.platform.cron.runDue();
    }
    await app.services.jobs.idle();
    await app.services.blobs.sweep();
  }

  it('a tenant leaves nothing in any plugin', async () => {
    mark = 'zebra4711';
    const owner = await register(app, `owner-${mark}`);
    const member = await joinTenant(app, owner, 'member');
    const fill = fillerOf(app, admin, mark);
    for (const person of [owner, member]) await fill.account(person);
    for (const [index, person] of [owner, member].entries()) await fill.mailbox(person, `box${index}`);
    await fill.robot(owner);
    await fill.company(owner);
    await fill.knowledge(owner);
    await app.services.jobs.idle();
    assert.ok(mails.length > 0);
    const users = await Promise.all([owner, member].map(({ id }) => app.services.people.userByUuid(id)));
    const userIds = users.map((user) => user!.id);
    const tenantKeys = [users[0]!.tenant_id];
    const uuids = [owner.id, member.id, owner.tenantId];
    const ids = { tenant_id: tenantKeys, user_id: userIds, invited_by: userIds, owner_id: userIds };
    const words: Searched = { texts: [mark, member.email], uuids, ids, kept: KEPT };
    const before = await tracesOf(app, words);
    for (const prefix of [
      'auth_',
      'billing_',
      'licensing_',
      'mail_',
      'robots_',
      'ai_replies_',
      'workflows_',
      'core_jobs',
      'file ',
    ])
      assert.ok(
        before.some((place) => place.startsWith(prefix)),
        `nothing of ${prefix} to begin with: ${before}`,
      );
    await ok(admin.http.delete(`/api/v2/admin/tenants/${owner.tenantId}`));
    await settle();
    assert.deepEqual(await tracesOf(app, words), []);
    assert.deepEqual((await app.services.auditLog.verify()).problem, null);
  }).timeout(120_000);

  it('a member leaves nothing, and the others keep what they have', async () => {
    mark = 'okapi4712';
    admin = await signInAdmin(app);
    const owner = await register(app, 'owner-who-stays');
    const member = await joinTenant(app, owner, 'member');
    const fill = fillerOf(app, admin, mark);
    await fill.account(member);
    await fill.mailbox(member, 'member');
    await fill.robot(member);
    await app.services.jobs.idle();
    const user = await app.services.people.userByUuid(member.id);
    const ids = { user_id: [user!.id], invited_by: [user!.id], owner_id: [user!.id] };
    const words: Searched = { texts: [mark, member.email], uuids: [member.id], ids, kept: KEPT };
    assert.ok((await tracesOf(app, words)).length > 10);
    await ok(member.http.delete('/api/v2/users/me'));
    await settle();
    assert.deepEqual(await tracesOf(app, words), []);
    assert.ok((await tracesOf(app, { texts: [], uuids: [owner.id] })).includes('auth_users.uuid'));
  }).timeout(120_000);

  /** The same installation with these plugins. */
  async function startWith(plugins: typeof all | { auth: object }): Promise<void> {
    const { coreConfig } = app.services;
    const { dataDir, clock } = app;
    await app.platform.stop();
    app = await startPlatform({ plugins, config, dataDir, clock, database: { ...coreConfig.database } });
    admin = await signInAdmin(app);
  }

  it('what is erased while the other plugins are off goes when they are back', async () => {
    mark = 'quokka4713';
    admin = await signInAdmin(app);
    const [owner, stays] = [await register(app, `owner-${mark}`), await register(app, 'owner-of-another')];
    const member = await joinTenant(app, stays, 'member');
    const fill = fillerOf(app, admin, mark);
    for (const [index, person] of [owner, member].entries()) {
      await fill.account(person);
      await fill.mailbox(person, `away${index}`);
      await fill.robot(person);
    }
    await fill.company(owner);
    await fill.knowledge(owner);
    await app.services.jobs.idle();
    const users = await Promise.all([owner, member].map(({ id }) => app.services.people.userByUuid(id)));
    const userIds = users.map((user) => user!.id);
    const ids = { user_id: userIds, invited_by: userIds, owner_id: userIds };
    const uuids = [owner.id, member.id, owner.tenantId];
    const words: Searched = { texts: [mark, member.email], uuids, ids, kept: KEPT };
    await startWith({ auth: authConfig });
    for (const { email, password } of [owner, member]) {
      const { http } = await signIn(app, email, password);
      await ok(http.delete('/api/v2/users/me'));
    }
    await settle();
    assert.ok((await tracesOf(app, words)).length > 10, 'the tables of the others are as they were');
    await startWith(all);
    await settle();
    assert.deepEqual(await tracesOf(app, words), []);
    assert.ok((await tracesOf(app, { texts: [], uuids: [stays.id] })).includes('auth_users.uuid'));
  }).timeout(180_000);
});
