/** Mailboxes and messages on the wire, exactly as in the temp-mail document. */
import Type from 'typebox';
import type { MailboxRow, MessageRow } from '../mailboxes/tables.ts';
import type { ContentRow } from '../receiving/tables.ts';
import type { SentStatus } from '../sending/states.ts';
import type { SentRow } from '../sending/tables.ts';

/** Clients read a time; a mailbox that is kept for ever is shown with one far away. */
export const FAR_FUTURE_MS = 100 * 365 * 24 * 3600_000;

const Flag = Type.Union([Type.Literal(0), Type.Literal(1)]);

export const MailboxView = Type.Object({
  id: Type.Integer(),
  address: Type.String(),
  created_at: Type.String({ examples: ['2024-01-01 00:00:00'] }),
  is_pinned: Flag,
  password_is_default: Flag,
  can_login: Flag,
  forward_to: Type.Union([Type.String(), Type.Null()]),
  is_favorite: Flag,
});

export const MessageView = Type.Object({
  id: Type.Integer(),
  sender: Type.String(),
  subject: Type.String(),
  received_at: Type.String({ examples: ['2024-01-01 12:00:00'] }),
  is_read: Flag,
  preview: Type.String(),
  verification_code: Type.String(),
});

export const OpenMessageView = Type.Object({
  id: Type.Integer(),
  sender: Type.String(),
  to_addrs: Type.String(),
  subject: Type.String(),
  verification_code: Type.String(),
  content: Type.String(),
  html_content: Type.String(),
  received_at: Type.String(),
  is_read: Flag,
  download: Type.String({ examples: ['/api/email/1/download'] }),
});

export function mailboxView(row: MailboxRow) {
  const { id, address, is_pinned, can_login, forward_to, is_favorite } = row;
  const password_is_default = row.password_hash === null ? 1 : 0;
  return {
    id,
    address,
    created_at: wireTime(row.created_at),
    is_pinned,
    password_is_default,
    can_login,
    forward_to,
    is_favorite,
  };
}

export function messageView(row: MessageRow) {
  const { id, sender, subject, is_read, preview, verification_code } = row;
  return { id, sender, subject, received_at: wireTime(row.received_at), is_read, preview, verification_code };
}

export function openMessageView(row: MessageRow & Pick<ContentRow, 'text' | 'html'>) {
  const { id, sender, to_addrs, subject, verification_code, is_read, text, html } = row;
  return {
    id,
    sender,
    to_addrs,
    subject,
    verification_code,
    content: text,
    html_content: html,
    received_at: wireTime(row.received_at),
    is_read,
    download: `/api/email/${id}/download`,
  };
}

/** `YYYY-MM-DD HH:MM:SS` in UTC. */
export function wireTime(ms: number): string {
  return new Date(ms).toISOString().slice(0, 19).replace('T', ' ');
}

export const MessageMetadataView = Type.Object({
  id: Type.Integer(),
  sender: Type.String(),
  to_addrs: Type.String(),
  subject: Type.String(),
  verification_code: Type.String(),
  preview: Type.String(),
  r2_bucket: Type.String({ examples: ['mail-eml'] }),
  r2_object_key: Type.String({ examples: ['2024/01/01/test@example.com/1.eml'] }),
  received_at: Type.String(),
  is_read: Flag,
});

/** Clients of the older service show where the raw message lies; here it is a name, and the download works by id. */
export function messageMetadataView(row: MessageRow) {
  const { id, sender, to_addrs, subject, verification_code, preview, is_read } = row;
  const day = wireTime(row.received_at).slice(0, 10).replaceAll('-', '/');
  return {
    id,
    sender,
    to_addrs,
    subject,
    verification_code,
    preview,
    r2_bucket: 'mail-eml',
    r2_object_key: `${day}/${row.envelope_to}/${id}.eml`,
    received_at: wireTime(row.received_at),
    is_read,
  };
}

const SentFields = {
  id: Type.Integer(),
  resend_id: Type.String(),
  recipients: Type.String(),
  subject: Type.String(),
  created_at: Type.String(),
  status: Type.String({ examples: ['delivered'] }),
};
export const SentView = Type.Object(SentFields);
export const SentDetailView = Type.Object({
  ...SentFields,
  from_addr: Type.String(),
  html_content: Type.String(),
  text_content: Type.String(),
  scheduled_at: Type.Union([Type.String(), Type.Null()]),
});

/** Clients of this API know no word for what was written to the log alone. */
export function wireStatus(status: SentStatus): string {
  return status === 'logged' ? 'sent' : status;
}

export function sentView(row: SentRow) {
  const { id, uuid, provider_id, recipients, subject } = row;
  return {
    id,
    resend_id: provider_id ?? uuid,
    recipients,
    subject,
    created_at: wireTime(row.created_at),
    status: wireStatus(row.status),
  };
}

export function sentDetailView(row: SentRow) {
  return {
    ...sentView(row),
    from_addr: row.from_addr,
    html_content: row.html,
    text_content: row.text,
    scheduled_at: row.scheduled_at === null ? null : wireTime(row.scheduled_at),
  };
}

export const UserMailboxView = Type.Object({ address: Type.String(), created_at: Type.String(), is_pinned: Flag });

export function userMailboxView({ address, created_at, is_pinned }: MailboxRow) {
  return { address, created_at: wireTime(created_at), is_pinned };
}

export const UserView = Type.Object({
  id: Type.Integer(),
  username: Type.String(),
  role: Type.String({ examples: ['user'] }),
  mailbox_limit: Type.Integer(),
  can_send: Type.Integer(),
  mailbox_count: Type.Integer(),
  created_at: Type.String(),
});
