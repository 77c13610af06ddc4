/** Two processes on one PostgreSQL: the last unit of a limit goes to one of them, and what both note is added up. */
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { allowSending, authConfig } from '#test/support/accounts.ts';
import { freshDatabase, type TestPlatform } from '#test/support/harness.ts';
import { mailboxOf } from '#test/support/mailboxes.ts';
import { limited, startMetered, usedOf } from './support.ts';

describe('meters with two replicas', () => {
  let a: TestPlatform;
  let b: TestPlatform;
  before(async () => {
    const database = await freshDatabase();
    const plugins = { auth: authConfig, mail: { mailboxTtl: 0, smtp: { port: 0 } }, licensing: {} };
    a = await startMetered(plugins, { database });
    b = await startMetered(plugins, { database, dataDir: a.dataDir, clock: a.clock });
  });
  after(async () => {
    await b.platform.stop();
    await a.stop();
  });

  it('give the last mailbox to one of those who ask both at once', async () => {
    const owner = await limited(a, { max_mailboxes: 2 });
    const made = await Promise.allSettled(
      Array.from({ length: 8 }, (_, index) => mailboxOf(index % 2 ? a : b, owner, `of-two${index}`)),
    );
    assert.equal(made.filter(({ status }) => status === 'fulfilled').length, 2);
    for (const one of made) if (one.status === 'rejected') assert.equal(one.reason.code, 'limit_exceeded');
    const rows = await a.services.db.read('mail_mailboxes').where({ tenant_id: owner.tenantId });
    assert.equal(rows.length, 2);
    assert.equal(await usedOf(b, owner.tenantId, 'mailboxes'), 2);
  });

  it('add up what each has noted', async () => {
    const { tenantId } = await limited(a, { max_mails_received_per_month: 10 });
    const use = { tenantId, meter: 'mails_received', amount: 4 };
    for (const app of [a, b]) app.services.usage.note(use);
    await Promise.all([a.services.usageMeters.writeNotes(), b.services.usageMeters.writeNotes()]);
    assert.equal(await usedOf(a, tenantId, 'mails_received'), 8);
    assert.equal(await a.services.usage.room(tenantId, 'mails_received'), 'left');
    b.services.usage.note(use);
    await b.services.usageMeters.writeNotes();
    await a.clock.advance(3000);
    assert.equal(await a.services.usage.room(tenantId, 'mails_received'), 'none', 'a hears of it within seconds');
  });

  it('come to what there is while mailboxes are made and deleted', async () => {
    const owner = await limited(a, {});
    const { usage, usageMeters } = a.services;
    await usage.state(null, { tenantId: owner.tenantId, meter: 'mailboxes', amount: 50 });
    const make = (app: TestPlatform, index: number) => mailboxOf(app, owner, `meanwhile${index}`);
    const making = Array.from({ length: 10 }, (_, index) => make(index % 2 ? a : b, index));
    await Promise.all([...making, usageMeters.reconcile(), b.services.usageMeters.reconcile()]);
    assert.equal(await usedOf(a, owner.tenantId, 'mailboxes'), 10);
  });

  it('give a mail back once that is called off by its sender and with its mailbox', async () => {
    const owner = await limited(a, {});
    await allowSending(a, owner);
    const from = await mailboxOf(a, owner, 'called-off');
    const mail = { from, subject: 'Hi', text: 'Hi', to: ['x@else.example', 'y@else.example'] };
    await owner.http.post('/api/send', mail);
    const scheduledAt = new Date(a.clock.now() + 3600_000).toISOString();
    const { id } = (await owner.http.post('/api/send', { ...mail, scheduledAt })).body;
    assert.equal(await usedOf(a, owner.tenantId, 'mails_sent'), 4);

    const { db, mailboxes, mailboxOwnership, usage } = a.services;
    const { giveBack } = usage;
    let canceling: Promise<unknown> = Promise.resolve();
    usage.giveBack = async (trx, use) => {
      usage.giveBack = giveBack;
      canceling = b.http.bearer(owner.accessToken).post(`/api/send/${id}/cancel`);
      await Promise.race([canceling, sleep(300)]);
      return giveBack(trx, use);
    };
    const row = (await mailboxes.byAddress(from))!;
    await db.transaction((trx) => mailboxOwnership.release(trx, row));
    await canceling;
    assert.equal(await usedOf(a, owner.tenantId, 'mails_sent'), 2);
  });
});
