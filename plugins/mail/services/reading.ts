/** Reading mail: lists, single messages, raw bytes. Tables: mail_messages, mail_contents. */
import type { Readable } from 'node:stream';
import { isSuperadmin, type Principal } from '#core/http/principal.ts';
import type { Services } from '#core/plugin.ts';
import type { MailConfig } from '../config.ts';
import { mailErrors } from '../errors.ts';
import type { ContentRow, MessageRow } from '../tables.ts';

export interface MailReading {
  /** Newest first. Throws `mailbox_not_found`, `not_your_mailbox`. */
  list(
    principal: Principal,
    mailbox: string,
    page: { limit: number; offset: number },
  ): Promise<{ rows: MessageRow[]; total: number }>;
  /** Opens a message, which marks it as read. Throws `message_not_found`. */
  open(principal: Principal, id: number): Promise<MessageRow & Pick<ContentRow, 'text' | 'html'>>;
  /** The bytes as they came. Throws `message_not_found`. */
  raw(principal: Principal, id: number): Promise<{ sizeBytes: number; stream: Readable }>;
}

export function createMailReading({
  db,
  blobs,
  clock,
  config,
  mailboxes,
  mailParseLoop,
}: Services & { config: MailConfig }): MailReading {
  return {
    async list(principal, address, { limit, offset }) {
      const mailbox = await mailboxes.readable(principal, address);
      const query = db.read('mail_messages').where({ mailbox_id: mailbox.id });
      const since = visibleSince(principal);
      if (since !== null) query.where('received_at', '>=', since);
      const counted = await query.clone().count({ total: '*' }).first();
      const rows: MessageRow[] = await query.select('*').orderBy('id', 'desc').limit(limit).offset(offset);
      return { rows, total: Number(counted?.total ?? 0) };
    },

    async open(principal, id) {
      let row = await find(principal, id);
      if (row.parsed_at === null) {
        await mailParseLoop.parseNow(id);
        row = await find(principal, id);
      }
      if (!row.is_read) await db.write('mail_messages').where({ id }).update({ is_read: 1 });
      const content = await db.read('mail_contents').where({ message_id: id }).first();
      return { ...row, is_read: 1, text: content?.text ?? '', html: content?.html ?? '' };
    },

    async raw(principal, id) {
      const { blob_id } = await find(principal, id);
      return blobs.stream(blob_id);
    },
  };

  async function find(principal: Principal, id: number): Promise<MessageRow> {
    const row = await db.read('mail_messages').where({ id }).first();
    const mailbox = row ? await db.read('mail_mailboxes').where({ id: row.mailbox_id }).first() : undefined;
    if (!row || !mailbox) throw mailErrors.message_not_found();
    if (!mailboxes.mayRead(principal, mailbox)) {
      throw principal.kind === 'mailbox' ? mailErrors.not_your_mailbox() : mailErrors.message_not_found();
    }
    const since = visibleSince(principal);
    if (since !== null && row.received_at < since) throw mailErrors.message_not_found();
    return row;
  }

  /** Somebody signed in as a mailbox sees the last day of it. */
  function visibleSince(principal: Principal): number | null {
    if (principal.kind !== 'mailbox' || isSuperadmin(principal)) return null;
    return clock.now() - config.mailboxSessionWindow * 1000;
  }
}
