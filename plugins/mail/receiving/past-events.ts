/** The last mails that arrived, as `mail.received` told of them: those that the reader may see in their inbox. */
import type { PastEventsTeller } from '#core/plugin.ts';
import type { MessageRow } from '../mailboxes/tables.ts';
import type { ReceivingScope } from './services.ts';

interface Past extends MessageRow {
  mailbox: string;
  tenant: string | null;
}

export const pastMails: PastEventsTeller<'mail.received'> = async function* (
  { principal, tenantId, most },
  { mailVisibility, automaticAnswers }: ReceivingScope,
) {
  const { query } = await mailVisibility.messages(principal, 'inbox');
  if (tenantId !== null) query.where('mail_mailboxes.tenant_id', tenantId);
  const rows: Past[] = await query
    .orderBy('mail_messages.id', 'desc')
    .limit(most)
    .select('mail_mailboxes.tenant_id as tenant');
  // Each is read for what it says of itself, so only those that are looked at.
  for (const { mailbox, tenant, ...row } of rows) {
    // Nobody knows who wrote what cannot be read any more.
    const { isAutomatic } = await automaticAnswers.about(row).catch(() => ({ isAutomatic: true }));
    yield {
      key: row.id,
      at: Number(row.received_at),
      tenantId: tenant,
      subject: mailbox,
      data: {
        message_id: Number(row.id),
        mailbox,
        from: row.sender,
        to: row.to_addrs,
        subject: row.subject,
        received_at: Number(row.received_at),
        verification_code: row.verification_code,
        size_bytes: Number(row.size_bytes),
        attachments: row.attachment_count,
        is_automatic: isAutomatic,
      },
    };
  }
};
