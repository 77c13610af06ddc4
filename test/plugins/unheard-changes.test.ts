/** A process that hears nothing of the others for a while: what it remembers it believes for two seconds, and no longer. */
import assert from 'node:assert/strict';
import { createSuspensions } from '#plugins/auth/organisations/suspensions.ts';
import { createEntitlementChanges } from '#plugins/billing/entitlement-changes.ts';
import { createEntitlements } from '#plugins/billing/usage/entitlements.ts';
import { createMailRules } from '#plugins/mail/rules/rules.ts';
import { createMailWebhooks } from '#plugins/mail/webhooks/webhooks.ts';
import { createWorkflowTenants } from '#plugins/workflows/engine/tenants.ts';
import { authConfig, type Person, ROOT_TOKEN, register } from '#test/support/accounts.ts';
import { startPlatform, type TestPlatform } from '#test/support/harness.ts';
import { later } from '#test/support/later.ts';
import { plainMail } from '#test/support/mail.ts';
import { sendMail } from '#test/support/smtp.ts';

const MAILBOX = 'ada@example.com';

describe('what plugins remember while nothing is heard of other processes', () => {
  let app: TestPlatform;
  let deaf: TestPlatform['services'];
  let owner: Person;
  before(async () => {
    app = await startPlatform({ plugins: { auth: authConfig, billing: {}, mail: { mailboxTtl: 0 }, workflows: {} } });
    owner = await register(app);
    deaf = Object.create(app.services, {
      notices: {
        value: { ...app.services.notices, on: () => () => {}, onGap: () => () => {}, isConnected: () => false },
      },
    });
  });
  after(() => app.stop());

  /** What is read before the change, and two seconds after it. */
  async function beforeAndLater<T>(read: () => Promise<T>, change: () => Promise<unknown>): Promise<T[]> {
    const first = await read();
    await change();
    return [first, await later(2_000, read)];
  }
  const root = () => app.http.bearer(ROOT_TOKEN);
  const setStatus = async (status: string) => {
    const changed = await root().patch(`/api/v2/admin/tenants/${owner.tenantId}`, { status });
    assert.equal(changed.status, 200, changed.text);
  };

  it('is whether a tenant is suspended', async () => {
    const suspensions = createSuspensions(deaf);
    const tenants = createWorkflowTenants(deaf);
    const read = async () => [await suspensions.of(owner.tenantId), await tenants.standingOf(owner.tenantId)];
    assert.deepEqual(await beforeAndLater(read, () => setStatus('suspended')), [
      [false, 'active'],
      [true, 'suspended'],
    ]);
    assert.deepEqual(tenants.inactive(), [owner.tenantId]);
    await setStatus('active');
  });

  it('are the limits of a tenant', async () => {
    let isConnected = true;
    const notices = { ...deaf.notices, isConnected: () => isConnected };
    const entitlementChanges = createEntitlementChanges(deaf);
    const entitlements = createEntitlements({ ...app.services, notices, entitlementChanges });
    const read = async () => (await entitlements.of(owner.tenantId)).limits.max_sessions;
    const change = async () => {
      const path = `/api/platform/billing/tenants/${owner.tenantId}/overrides`;
      const changed = await root().patch(path, { max_sessions: 57 });
      assert.equal(changed.status, 200, changed.text);
    };
    assert.notEqual(await read(), 57);
    isConnected = false;
    assert.equal((await beforeAndLater(read, change))[1], 57);
  });

  it('are the rules of mail', async () => {
    const rules = createMailRules(deaf);
    const read = async () => (await rules.mayRefuse([{ address: MAILBOX, domain: 'example.com' }])).any;
    const change = async () => {
      const rule = { name: 'no', domain: 'example.com', conditions: { sender: 'x@y.example' }, action: 'reject' };
      const made = await root().post('/api/platform/mail/rules', rule);
      assert.equal(made.status, 201, made.text);
    };
    assert.deepEqual(await beforeAndLater(read, change), [false, true]);
  });

  it('are the webhooks of mailboxes', async () => {
    const { db, smtpReceiver, mailParseLoop } = app.services;
    await sendMail(smtpReceiver.port()!, {
      envelope: { from: 'shop@sender.example', to: MAILBOX },
      raw: plainMail('A'),
    });
    await mailParseLoop.idle();
    const { id, mailbox_id } = (await db.read('mail_messages').first())!;
    const webhooks = createMailWebhooks(deaf);
    const read = async () => {
      await db.transaction((trx) =>
        webhooks.enqueue(trx, mailbox_id, { id: 'one', type: 'mail.received', data: {} } as never, id),
      );
      return (await db.read('mail_webhook_calls')).length;
    };
    const change = async () => {
      const wanted = { mailbox: MAILBOX, url: 'http://127.0.0.1:9/' };
      const made = await root().post('/api/platform/mail/webhooks', wanted);
      assert.equal(made.status, 201, made.text);
    };
    assert.deepEqual(await beforeAndLater(read, change), [0, 1]);
  });
});
