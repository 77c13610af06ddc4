/** A message as our own API shows it. */
import Type, { type Static } from 'typebox';
import type { MessageRow } from '../tables.ts';
import { isoTime, Time } from './shared.ts';

export const MessageView = Type.Object({
  id: Type.Integer(),
  from: Type.String(),
  to: Type.String(),
  subject: Type.String(),
  received_at: Time,
  read: Type.Boolean(),
  folder: Type.String(),
  tags: Type.Array(Type.String()),
  thread_id: Type.Union([Type.Integer(), Type.Null()]),
  preview: Type.String(),
  verification_code: Type.String(),
  size_bytes: Type.Integer(),
  attachment_count: Type.Integer(),
});

export const ListedMessage = Type.Object({ ...MessageView.properties, mailbox: Type.String() });

export function messageViewOf(row: MessageRow): Static<typeof MessageView> {
  return {
    id: row.id,
    from: row.sender,
    to: row.to_addrs,
    subject: row.subject,
    received_at: isoTime(row.received_at),
    read: row.is_read === 1,
    folder: row.folder,
    tags: row.tags.split(',').filter(Boolean),
    thread_id: row.thread_id,
    preview: row.preview,
    verification_code: row.verification_code,
    size_bytes: row.size_bytes,
    attachment_count: row.attachment_count,
  };
}

export function listedMessage(row: MessageRow & { mailbox: string }): Static<typeof ListedMessage> {
  return { ...messageViewOf(row), mailbox: row.mailbox };
}
