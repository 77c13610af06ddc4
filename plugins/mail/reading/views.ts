/** Messages as our own API shows them. */

import Type, { type Static } from 'typebox';
import { isoTime } from '#core/kit.ts';
import type { MailboxRow, MessageRow } from '../mailboxes/tables.ts';
import type { AuthResults } from '../messages/authentication/mail-authentication.ts';
import type { AttachmentInfo } from '../messages/parser/parse.ts';
import { Time } from '../shapes.ts';
import type { OpenMessage } from './reading.ts';
import { hasRemotePictures } from './safe-html.ts';

export const MessageView = Type.Object({
  id: Type.Integer(),
  from: Type.String(),
  from_name: Type.Union([Type.String(), Type.Null()], {
    description: 'What the sender calls themselves; it proves nothing, so show the address beside it',
  }),
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
    from_name: row.sender_name,
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

const Result = Type.String({ description: 'pass, fail, softfail, neutral, none, temperror, permerror or policy' });
const Authentication = Type.Object({
  spf: Result,
  dkim: Result,
  dmarc: Result,
  arc: Result,
  dkim_domains: Type.Array(Type.String(), { description: 'Whose signature is good' }),
  dmarc_policy: Type.String({ description: 'What the domain of the sender publishes' }),
  summary: Type.String({ description: 'As an Authentication-Results field says it' }),
});
const Attachment = Type.Object({
  index: Type.Integer(),
  filename: Type.String(),
  content_type: Type.String(),
  size_bytes: Type.Integer(),
  content_id: Type.String({ description: 'For `cid:` links in the HTML; empty without one' }),
  is_inline: Type.Boolean(),
});

export const MessageDetail = Type.Object({
  ...ListedMessage.properties,
  envelope: Type.Object({ from: Type.String(), to: Type.String(), remote_ip: Type.String(), helo: Type.String() }),
  authentication: Type.Union([Authentication, Type.Null()], { description: 'Null for mail that is not checked' }),
  parse_error: Type.Union([Type.String(), Type.Null()]),
  text: Type.String(),
  has_html: Type.Boolean({ description: 'Shown by GET /api/platform/mail/messages/{id}/page' }),
  has_remote_pictures: Type.Boolean(),
  attachments: Type.Array(Attachment),
});

/** `mailbox` is null when it was deleted a moment ago. */
export function messageDetail(row: OpenMessage, mailbox: MailboxRow | null): Static<typeof MessageDetail> {
  const authentication: AuthResults | null = row.auth_results ? JSON.parse(row.auth_results) : null;
  const attachments: AttachmentInfo[] = JSON.parse(row.attachments);
  const { envelope_from: from, envelope_to: to, remote_ip, helo, parse_error, text, html } = row;
  return {
    ...messageViewOf(row),
    mailbox: mailbox?.address ?? '',
    envelope: { from, to, remote_ip, helo },
    authentication,
    parse_error,
    text,
    has_html: html !== '',
    has_remote_pictures: hasRemotePictures(html),
    attachments,
  };
}
