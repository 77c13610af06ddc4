/** How mailboxes and messages look on the wire, exactly as in the temp-mail document. */
import Type from 'typebox';
import type { ContentRow, MailboxRow, MessageRow } from './tables.ts';

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
    created_at: time(row.created_at),
    is_pinned,
    password_is_default,
    can_login,
    forward_to,
    is_favorite,
  };
}

export function messageView(row: MessageRow) {
  const { id, sender, subject, is_read, preview, verification_code } = row;
  return { id, sender, subject, received_at: time(row.received_at), is_read, preview, verification_code };
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
    received_at: time(row.received_at),
    is_read,
    download: `/api/email/${id}/download`,
  };
}

/** `YYYY-MM-DD HH:MM:SS` in UTC. */
function time(ms: number): string {
  return new Date(ms).toISOString().slice(0, 19).replace('T', ' ');
}
