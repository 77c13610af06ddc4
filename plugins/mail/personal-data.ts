/** Mail's part in what people may ask for: their data, and its erasure. */
import type { HookHandler } from '#core/events/hooks.ts';
import type { EventHandler } from '#core/plugin.ts';
import { wireTime } from './views.ts';

/** The mailboxes of somebody who is gone go too, with their mail and what was sent from them. */
export const removeMailOfUser: EventHandler<'user.deleted'> = async (
  { data },
  { db, mailboxSettings, mailDeletion },
) => {
  await mailDeletion.mailboxes(await mailboxSettings.ofUser(data.id));
  await db.write('mail_sent').where({ user_id: data.id }).delete();
};

export const exportMail: HookHandler<'user.exporting'> = async (context, next, { db, mailboxSettings }) => {
  const mailboxes = await mailboxSettings.ofUser(context.user.id);
  const sent = await db.read('mail_sent').where({ user_id: context.user.id }).orderBy('id');
  const counts = await db
    .read('mail_messages')
    .whereIn(
      'mailbox_id',
      mailboxes.map(({ id }) => id),
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
  }));
  context.sections.sent_mail = sent.map(({ from_addr, recipients, subject, text, status, created_at }) => ({
    from: from_addr,
    to: recipients,
    subject,
    text,
    status,
    created_at: wireTime(created_at),
  }));
  await next();
};
