/** Mail as meters: what is sent, what is received, and mailboxes. */
import assert from 'node:assert/strict';
import { allowSending, type Person, ROOT_TOKEN, register } from '#test/support/accounts.ts';
import type { TestPlatform } from '#test/support/harness.ts';
import { plainMail } from '#test/support/mail.ts';
import { mailboxOf } from '#test/support/mailboxes.ts';
import { sendMail } from '#test/support/smtp.ts';
import { limit, limited, startMetered, usedOf } from './support.ts';

const mail = { mailboxTtl: 0, smtp: { port: 0 }, publicDomains: ['example.com'] };
let counter = 0;
const newName = () => `box${++counter}`;

describe('mail as meters', () => {
  let app: TestPlatform;
  before(async () => {
    app = await startMetered({ mail });
  });
  after(() => app.stop());
  const used = ({ tenantId }: Person, meter: string) => usedOf(app, tenantId, meter);
  const deliver = (to: string) =>
    sendMail(app.services.smtpReceiver.port()!, {
      envelope: { from: 'shop@sender.example', to },
      raw: plainMail('Hello').replace(/^To: .*$/m, `To: ${to}`),
    });
  const parsed = async (address: string) => {
    const { mailboxes, mailParseLoop } = app.services;
    const mailbox = await mailboxes.byAddress(address);
    await mailParseLoop.settled(mailbox!.id, 15_000);
    // It is counted when the transaction has ended here, which a reader may see before.
    await mailParseLoop.idle();
  };

  describe('mails_sent', () => {
    const sender = async (limits: object) => {
      const owner = await limited(app, limits);
      await allowSending(app, owner);
      const from = await mailboxOf(app, owner, newName());
      const send = (more = {}, headers = {}) =>
        owner.http.post('/api/send', { from, to: 'you@else.example', subject: 'Hi', text: 'Hi', ...more }, headers);
      return { owner, from, send };
    };

    it('counts each recipient, and refuses the rest in the words of the dialect', async () => {
      const { owner, send } = await sender({ max_mails_sent_per_month: 3 });
      assert.equal((await send({ to: ['a@else.example', 'b@else.example'] })).status, 200);
      const refused = await send({ to: ['a@else.example', 'b@else.example'] });
      assert.equal(refused.status, 403, refused.text);
      assert.equal(refused.body.error, '已达到套餐上限');
      assert.deepEqual([refused.body.limit, refused.body.used], [3, 2]);
      assert.equal((await send()).status, 200);
      assert.equal(await used(owner, 'mails_sent'), 3);
      const stored = await app.services.db.read('mail_sent').where({ tenant_id: owner.tenantId });
      assert.equal(stored.length, 2, 'what was refused is not stored');
    });

    it('counts a repeat with the same key once', async () => {
      const { owner, send } = await sender({ max_mails_sent_per_month: 1 });
      const key = { 'idempotency-key': 'once' };
      const answers = await Promise.all([send({}, key), send({}, key), send({}, key)]);
      assert.deepEqual(new Set(answers.map(({ body }) => body.id)).size, 1, JSON.stringify(answers[0]?.body));
      assert.equal(await used(owner, 'mails_sent'), 1);
    });

    it('gives the last one to one of two that send at once', async () => {
      const { owner, send } = await sender({ max_mails_sent_per_month: 1 });
      const answers = await Promise.all([send(), send(), send()]);
      assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 403, 403]);
      assert.equal(await used(owner, 'mails_sent'), 1);
    });

    it('is given back when a mail is called off or deleted before it left, in the month in which it was counted', async () => {
      const { owner, send } = await sender({});
      const later = { scheduledAt: new Date(app.clock.now() + 40 * 24 * 3600_000).toISOString() };
      const [first, second, third] = [await send(later), await send(later), await send(later)];
      assert.equal((await owner.http.post(`/api/send/${first!.body.id}/cancel`)).status, 200);
      assert.equal((await owner.http.post(`/api/send/${first!.body.id}/cancel`)).status, 200);
      assert.equal(await used(owner, 'mails_sent'), 2);
      await owner.http.delete(`/api/sent/${second!.body.id}`);
      assert.equal(await used(owner, 'mails_sent'), 1);
      const month = new Date(app.clock.now());
      await app.clock.advance(Date.UTC(month.getUTCFullYear(), month.getUTCMonth() + 1, 1) - app.clock.now());
      const again = await login(owner);
      await send({});
      assert.equal((await again.post(`/api/send/${third!.body.id}/cancel`)).status, 200);
      assert.ok((await used(owner, 'mails_sent')) <= 1, 'another month has nothing to give back for it');
    });

    it('keeps a forward as failed when there is no room for it, says so, and takes the mail all the same', async () => {
      const { owner, from } = await sender({ max_mails_sent_per_month: 1 });
      const recording = await app.record(/^mail\.bounced$/);
      await app.services.db.write('mail_mailboxes').where({ address: from }).update({ forward_to: 'me@else.example' });
      for (let count = 0; count < 3; count++) {
        await deliver(from);
        await parsed(from);
        await app.services.usageMeters.writeNotes();
      }
      await app.services.mailParseLoop.idle();
      await app.services.jobs.idle();
      const bounced = await recording.all();
      recording.end();
      const rows = await app.services.db
        .read('mail_sent')
        .where({ tenant_id: owner.tenantId, subject: 'Hello' })
        .orderBy('id');
      assert.deepEqual(
        rows.map(({ status }) => status),
        ['logged', 'failed', 'failed'],
      );
      assert.match(bounced[0]?.data.reason ?? '', /limit of the plan/);
      const mails = (await owner.http.get(`/api/emails?mailbox=${from}`)).body;
      assert.deepEqual(mails.map(({ subject }: { subject: string }) => subject).sort(), [
        'Hello',
        'Hello',
        'Hello',
        'Not delivered: Hello',
      ]);
      assert.equal(await used(owner, 'mails_sent'), 1);
    });
  });

  const login = async ({ email, password }: Person) => {
    const { body } = await app.http.post('/api/v2/auth/login', { email, password });
    return app.http.bearer(body.access_token);
  };

  describe('mailboxes', () => {
    it('are taken up to the limit, and given back when they are deleted', async () => {
      const owner = await limited(app, { max_mailboxes: 1 });
      const create = () => owner.http.post('/api/create', { local: newName() });
      const [one, two] = await Promise.all([create(), create()]);
      assert.deepEqual([one!.status, two!.status].sort(), [200, 403], `${one!.text} ${two!.text}`);
      const made = one!.status === 200 ? one! : two!;
      assert.equal(await used(owner, 'mailboxes'), 1);
      const address = made.body.email ?? made.body.address;
      assert.equal((await owner.http.delete(`/api/mailboxes?address=${address}`)).status, 200);
      assert.equal(await used(owner, 'mailboxes'), 0);
      assert.equal((await create()).status, 200);
    });

    it('are those of the tenant that has them, and nobody counts those of nobody', async () => {
      const [giver, taker, full] = [
        await limited(app, {}),
        await limited(app, {}),
        await limited(app, { max_mailboxes: 0 }),
      ];
      const address = await mailboxOf(app, giver, newName());
      const { accounts, mailboxSettings, mailDeletion, mailboxes, db } = app.services;
      await mailboxSettings.assign((await accounts.byUuid(taker.id))!, address);
      assert.deepEqual([await used(giver, 'mailboxes'), await used(taker, 'mailboxes')], [0, 1]);
      await assert.rejects(mailboxSettings.assign((await accounts.byUuid(full.id))!, address), {
        code: 'limit_exceeded',
      });
      assert.equal((await mailboxes.byAddress(address))?.tenant_id, taker.tenantId, 'nothing of it has happened');
      const root = app.http.bearer(ROOT_TOKEN);
      assert.equal((await root.post('/api/create', { local: newName() })).status, 200);
      await db
        .write('mail_mailboxes')
        .where({ address })
        .update({ expires_at: app.clock.now() - 1 });
      await mailDeletion.expire(100);
      assert.equal(await used(taker, 'mailboxes'), 0);
    });

    it('that were made while nobody counted are found by the hour', async () => {
      const owner = await limited(app, {});
      await mailboxOf(app, owner, newName());
      const { db, usage, usageMeters } = app.services;
      await usage.state(null, { tenantId: owner.tenantId, meter: 'mailboxes', amount: 7 });
      assert.equal(await usageMeters.reconcile(), 1);
      assert.equal(await used(owner, 'mailboxes'), 1);
      assert.equal((await db.read('billing_usage').where({ tenant_id: owner.tenantId, meter: 'mailboxes' })).length, 1);
    });
  });

  it('leave nothing of a tenant that is erased while its mailboxes still are there', async () => {
    const owner = await limited(app, {});
    const address = await mailboxOf(app, owner, newName());
    const { db, erasedTenants, mailDeletion, mailboxes, usageMeters } = app.services;
    const counted = () => db.read('billing_usage').where({ tenant_id: owner.tenantId });
    assert.equal((await counted()).length > 0, true);
    await db.transaction(async (trx) => {
      await erasedTenants.remember(trx, owner.tenantId, 0);
      await trx('billing_usage').where({ tenant_id: owner.tenantId }).delete();
      usageMeters.invalidate();
    });
    await usageMeters.reconcile();
    assert.deepEqual(await counted(), []);
    await mailDeletion.mailboxes([(await mailboxes.byAddress(address))!], () => true);
    assert.deepEqual(await counted(), []);
  });

  describe('mails_received', () => {
    it('are counted when they are parsed, and refused for now at RCPT over the limit', async () => {
      const owner = await limited(app, { max_mails_received_per_month: 2 });
      const other = await register(app);
      const [full, free] = [await mailboxOf(app, owner, newName()), await mailboxOf(app, other, newName())];
      for (let count = 0; count < 2; count++) {
        await deliver(full);
        await parsed(full);
      }
      assert.equal(await used(owner, 'mails_received'), 2);
      await assert.rejects(deliver(full), /452.*4\.2\.2/);
      await deliver(free);
      assert.equal(await used(owner, 'mails_received'), 2);
      await limit(app, owner, { max_mails_received_per_month: 3 });
      await deliver(full);
      await parsed(full);
      assert.equal(await used(owner, 'mails_received'), 3, 'nothing of what was refused is counted');
      await assert.rejects(deliver(full), /452/);
    });
  });
});
