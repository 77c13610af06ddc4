/** States of mail that is sent, of its deliveries, and of calls of webhooks: nothing moves but by their tables. */
import assert from 'node:assert/strict';
import { FINAL_STATUSES, mayMove, overallStatus } from '#plugins/mail/sending/states.ts';
import { stateAfterTry } from '#plugins/mail/webhooks/states.ts';
import { authConfig, ROOT_TOKEN } from '#test/support/accounts.ts';
import { startPlatform, type TestPlatform } from '#test/support/harness.ts';

describe('states of mail', () => {
  let app: TestPlatform;
  before(async () => {
    app = await startPlatform({
      plugins: { auth: authConfig, mail: { mailboxTtl: 0, domains: ['example.com'], smtp: { port: 0 } } },
    });
    await app.http.bearer(ROOT_TOKEN).post('/api/create', { local: 'me' });
  });
  after(() => app.stop());

  it('are final when nothing is left to do', () => {
    assert.deepEqual(FINAL_STATUSES, ['sent', 'delivered', 'logged', 'bounced', 'failed', 'canceled']);
    for (const status of ['sent', 'delivered', 'logged', 'bounced', 'failed'] as const)
      for (const move of ['defer', 'settle', 'cancel'] as const) assert.equal(mayMove(move, status), false, status);
    assert.equal(mayMove('report', 'bounced'), false);
  });

  it('are, of a mail, the worst of its deliveries', () => {
    assert.equal(overallStatus(['delivered', 'queued', 'bounced']), 'queued');
    assert.equal(overallStatus(['delivered', 'failed', 'bounced']), 'bounced');
    assert.equal(overallStatus(['delivered', 'sent', 'logged']), 'logged');
    assert.equal(overallStatus(['delivered', 'sent']), 'sent');
    assert.equal(overallStatus(['canceled', 'delivered']), 'delivered');
    assert.equal(overallStatus(['canceled']), 'canceled');
  });

  it('do not go back to sent when it was reported meanwhile that the mail came back', async () => {
    const { db, deliveryOutcomes, mailboxes, outbox } = app.services;
    const mailbox = (await mailboxes.byAddress('me@example.com'))!;
    const scheduledAt = app.clock.now() + 3600_000;
    const mail = { subject: 'Hi', text: 'Hello', recipients: ['you@else.example'], scheduledAt };
    await db.transaction((trx) => outbox.add(trx, { ...mail, sentBy: null, mailbox, kind: 'composed' }));
    const delivery = (await db.read('mail_deliveries').first())!;
    const bounce = { recipients: mail.recipients, action: 'failed' as const, status: '5.1.1', diagnostic: 'nobody' };
    await db.transaction((trx) => deliveryOutcomes.reported(trx, { deliveryId: delivery.id, bounce }));
    await deliveryOutcomes.settle(delivery, { status: 'sent', answer: 'taken' });
    const [after] = await db.read('mail_deliveries').select('status', 'attempts');
    assert.deepEqual(after, { status: 'bounced', attempts: 0 });
    assert.equal((await db.read('mail_sent').first('status'))?.status, 'bounced');
  });

  it('end with what a webhook has answered to its last try', () => {
    assert.equal(stateAfterTry(204, false), 'delivered');
    assert.equal(stateAfterTry(500, false), 'waiting');
    assert.equal(stateAfterTry(null, false), 'waiting');
    assert.equal(stateAfterTry(500, true), 'failed');
    assert.equal(stateAfterTry(null, true), 'failed');
  });

  it('stay delivered, of a call, whatever becomes of it when its job is run once more', async () => {
    const { db, mailboxes, webhookRecords } = app.services;
    const { id: mailbox_id } = (await mailboxes.byAddress('me@example.com'))!;
    const row = { mailbox_id, url: 'https://example.com', secret: '', created_at: 0 };
    const [hook] = await db.write('mail_webhooks').insert(row).returning('id');
    const event = { specversion: '1.0', id: '1', source: 'test', type: 'webhook.test', time: '', data: {} } as never;
    const [call = 0] = await db.transaction((trx) => webhookRecords.begin(trx, [hook!.id], event, null));
    const tried = { status: null, failure: 'timeout', jobId: 1 };
    const stateOf = async () => (await db.read('mail_webhook_calls').where({ id: call }).first())!;
    await webhookRecords.tried(call, { ...tried, state: 'failed' });
    assert.equal((await stateOf()).state, 'failed');
    await webhookRecords.tried(call, { ...tried, status: 200, failure: null, state: 'delivered' });
    await webhookRecords.tried(call, { ...tried, state: 'failed' });
    const { state, tries } = await stateOf();
    assert.deepEqual([state, tries], ['delivered', 2]);
  });
});
