/** Personal data: what of mail people get who ask for theirs. */
import type { HookHandler } from '#core/plugin.ts';
import type { MailScope } from './scope.ts';
import { wireTime } from './temp-mail/views.ts';

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
