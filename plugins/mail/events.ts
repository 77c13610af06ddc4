/** Payloads of mail's events. */
import Type from 'typebox';

export const MailReceivedSchema = Type.Object({
  message_id: Type.Integer(),
  mailbox: Type.String(),
  from: Type.String(),
  to: Type.String(),
  subject: Type.String(),
  received_at: Type.Integer(),
  verification_code: Type.String(),
  size_bytes: Type.Integer(),
});

export const SentSchema = Type.Object({
  id: Type.String(),
  from: Type.String(),
  to: Type.String(),
  subject: Type.String(),
  reason: Type.Optional(Type.String({ description: 'Why it bounced' })),
});

export const MailboxSchema = Type.Object({ mailbox_id: Type.Integer(), address: Type.String() });
