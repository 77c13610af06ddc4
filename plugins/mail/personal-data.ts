/** Mail's part in what people may ask for: their data, and its erasure. */
import type { Knex } from 'knex';
import type { EventHandler, HookHandler } from '#core/plugin.ts';
import type { MailScope } from './scope.ts';
import { forgetDeletedWords } from './services/search-index.ts';
import { wireTime } from './views.ts';

/** The mailboxes of somebody who is gone go too, with their mail and what was sent from them. */
export const removeMailOfUser: EventHandler<'user.deleted'> = async (
  { data },
  { db, mailboxSettings, mailDeletion, auditLog }: MailScope,
) => {
  const mailboxes = await mailboxSettings.ofUser(data.id);
  await db.transaction(async (trx) => {
    for (const { id } of mailboxes) await auditLog.forget(trx, String(id));
  });
  await mailDeletion.mailboxes(mailboxes);
  await mailDeletion.sent(await idsOf(db.read('mail_sent').where({ user_id: data.id })));
  await forgetDeletedWords(db);
};

/** What a tenant had beside the mailboxes of its people: those of its workflows, rules, suppressions, queued work. */
export const removeMailOfTenant: EventHandler<'tenant.deleted'> = async (
  { data },
  { db, mailDeletion, mailRules }: MailScope,
) => {
  const { tenant_id } = data;
  await mailDeletion.mailboxes(await db.read('mail_mailboxes').where({ tenant_id }).select('id', 'address'));
  await mailDeletion.sent(await idsOf(db.read('mail_sent').where({ tenant_id })));
  await forgetDeletedWords(db);
  await db.transaction(async (trx) => {
    await mailRules.forgetTenant(trx, tenant_id);
    await trx('mail_suppressions').where({ tenant_id }).delete();
    // Jobs carry mail in their payloads; one that runs at this moment finds nothing any more.
    await trx('core_jobs')
      .where({ lane: tenant_id })
      .whereIn('name', ['mail.deliver', 'mail.callWebhook', 'mail.applyRule'])
      .whereNot({ state: 'running' })
      .delete();
  });
};

async function idsOf(query: Knex.QueryBuilder): Promise<number[]> {
  const rows: { id: number }[] = await query.select('id').orderBy('id');
  return rows.map(({ id }) => id);
}

export const exportMail: HookHandler<'user.exporting'> = async (context, next, { db, mailboxSettings }: MailScope) => {
  const mailboxes = await mailboxSettings.ofUser(context.user.id);
  const sent = await db.read('mail_sent').where({ user_id: context.user.id }).orderBy('id');
  const counts = await db
    .read('mail_messages')
    .whereIn(
      'mailbox_id',
      mailboxes.map(({ id }) => id),
    )
    .whereNotExists((inner) =>
      inner
        .from('mail_mailboxes')
        .whereRaw('mail_mailboxes.id = mail_messages.mailbox_id and hidden_up_to >= mail_messages.id')
        .select('id'),
    )
    .groupBy('mailbox_id')
    .select('mailbox_id')
    .count({ total: '*' });
  const countOf = new Map(counts.map((row) => [row.mailbox_id, Number(row.total)]));
  context.sections.mailboxes = mailboxes.map((row) => ({
    address: row.address,
    created_at: wireTime(row.created_at),
    forward_to: row.forward_to,
    messages: countOf.get(row.id) ?? 0,
    mail: `/api/platform/mail/mailboxes/${row.id}/mbox`,
  }));
  context.sections.sent_mail = sent.map(({ from_addr, recipients, subject, text, status, created_at }) => ({
    from: from_addr,
    to: recipients,
    subject,
    text,
    status,
    created_at: wireTime(created_at),
  }));
  const called = await db
    .read('mail_webhook_calls')
    .join('mail_webhooks', 'mail_webhooks.id', 'mail_webhook_calls.webhook_id')
    .whereIn(
      'mail_webhooks.mailbox_id',
      mailboxes.map(({ id }) => id),
    )
    .orderBy('mail_webhook_calls.id')
    .select('url', 'event_type', 'state', 'status', 'mail_webhook_calls.created_at');
  context.sections.webhook_calls = called.map(({ url, event_type, state, status, created_at }) => ({
    url,
    event_type,
    state,
    status,
    created_at: wireTime(Number(created_at)),
  }));
  await next();
};
