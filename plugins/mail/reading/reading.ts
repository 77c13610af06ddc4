/** Reading mail: lists, single messages, raw bytes. Tables: mail_messages, mail_contents. */
import type { Readable } from 'node:stream';
import { isLost, likePattern, totalOf } from '#core/kit.ts';
import type { Principal, Services } from '#core/plugin.ts';
import { mailErrors } from '../errors.ts';
import type { MailDeletion } from '../mailboxes/deletion.ts';
import type { Mailboxes } from '../mailboxes/mailboxes.ts';
import type { MessageRow } from '../mailboxes/tables.ts';
import type { MessageOpening } from '../message-opening.ts';
import type { Attachments, TakenAttachment } from '../messages/attachments.ts';
import type { MailEffects } from '../receiving/mail-effects.ts';
import type { ParseLoop } from '../receiving/parse-queue/loop.ts';
import type { ContentRow } from '../receiving/tables.ts';
import type { MailContents } from './contents.ts';
import { whereWords } from './search.ts';

export type OpenMessage = MessageRow & Pick<ContentRow, 'text' | 'html' | 'attachments'>;

export interface MessageQuery {
  limit: number;
  offset: number;
  folder?: MessageRow['folder'];
  /** Words that all stand in subject, sender or text. */
  words?: string;
  tag?: string;
  thread?: number;
}

export interface MailReading {
  /**
   * Newest first: what has been parsed. What was accepted before the question is waited for, up to two seconds.
   * Throws `mailbox_not_found`, `not_your_mailbox`.
   */
  list(principal: Principal, mailbox: string, page: MessageQuery): Promise<{ rows: MessageRow[]; total: number }>;
  /** Opens a message, which marks it as read. Throws `message_not_found`. */
  open(principal: Principal, id: number): Promise<OpenMessage>;
  /** The same without the mark. Throws `message_not_found`. */
  peek(principal: Principal, id: number): Promise<OpenMessage>;
  /** Those of these messages that the principal may read, in the order of the ids. */
  several(principal: Principal, ids: readonly number[]): Promise<MessageRow[]>;
  /** One attachment by its place in the list. Throws `message_not_found`, `attachment_not_found`. */
  attachment(principal: Principal, id: number, index: number): Promise<TakenAttachment>;
  /** Throws `message_not_found`. */
  remove(principal: Principal, id: number): Promise<void>;
  /** All mail of a mailbox; gives how much it was. Throws `mailbox_not_found`, `not_your_mailbox`. */
  clear(principal: Principal, mailbox: string): Promise<number>;
  /** Changes folder, tags or the read mark. Throws `message_not_found`. */
  mark(
    principal: Principal,
    id: number,
    patch: { folder?: MessageRow['folder']; tags?: string[]; isRead?: boolean },
  ): Promise<MessageRow>;
  /** The bytes as they came. Throws `message_not_found`. */
  raw(principal: Principal, id: number): Promise<{ sizeBytes: number; stream: Readable }>;
}

/** Clients rely on it that a mail is whole when they see it, and that it is there when they ask after sending it. */
export const LIST_WAIT_MS = 2_000;

export function createMailReading({
  db,
  blobs,
  mailEffects,
  mailAttachments,
  mailboxes,
  mailContents,
  mailDeletion,
  mailParseLoop,
  messageOpening,
}: Services & {
  mailEffects: MailEffects;
  mailAttachments: Attachments;
  mailContents: MailContents;
  mailboxes: Mailboxes;
  mailDeletion: MailDeletion;
  mailParseLoop: ParseLoop;
  messageOpening: MessageOpening;
}): MailReading {
  messageOpening.provide({ open, peek });

  return {
    async list(principal, address, { limit, offset, folder = 'inbox', words, tag, thread }) {
      const mailbox = await mailboxes.readable(principal, address);
      await mailParseLoop.settled(mailbox.id, LIST_WAIT_MS);
      const query = db
        .read('mail_messages')
        .where({ mailbox_id: mailbox.id, folder })
        .orderBy('mail_messages.id', 'desc');
      const hidden = await mailboxes.hiddenUpTo(principal, mailbox);
      if (hidden > 0) query.where('mail_messages.id', '>', hidden);
      const since = mailboxes.visibleSince(principal);
      if (since > 0) query.where('received_at', '>=', since);
      if (words && !(await whereWords(query, db, words))) return { rows: [], total: 0 };
      if (tag) query.whereRaw(`tags like ? escape '\\'`, [likePattern(`,${tag},`)]);
      if (thread !== undefined) query.where({ thread_id: thread });
      const isWhole = hidden === 0 && since === 0 && !words && !tag && thread === undefined;
      const total = isWhole
        ? await countAll(mailbox.id, folder)
        : await totalOf(query.clone().whereNotNull('parsed_at'));
      const rows: MessageRow[] = await query
        .whereNotNull('parsed_at')
        .select('mail_messages.*')
        .limit(limit)
        .offset(offset);
      return { rows, total };
    },

    async several(principal, ids) {
      const rows = await db.read('mail_messages').whereIn('id', ids).whereNotNull('parsed_at');
      const boxes = await db.read('mail_mailboxes').whereIn('id', [...new Set(rows.map((row) => row.mailbox_id))]);
      const hiddenUpTo = new Map<number, number>();
      for (const box of boxes) {
        if (mailboxes.mayRead(principal, box)) hiddenUpTo.set(box.id, await mailboxes.hiddenUpTo(principal, box));
      }
      const since = mailboxes.visibleSince(principal);
      const byId = new Map(rows.map((row) => [row.id, row]));
      return ids.flatMap((id) => {
        const row = byId.get(id);
        const hidden = row && hiddenUpTo.get(row.mailbox_id);
        return row && hidden !== undefined && row.id > hidden && row.received_at >= since ? [row] : [];
      });
    },

    async attachment(principal, id, index) {
      const { blob_id } = await find(principal, id);
      const found = await unlessGone(principal, id, mailAttachments.take(blob_id, index));
      if (!found) throw mailErrors.attachment_not_found();
      return found;
    },

    async remove(principal, id) {
      await find(principal, id);
      await mailDeletion.messages([id]);
    },

    async clear(principal, address) {
      const mailbox = await mailboxes.readable(principal, address);
      const after = await mailboxes.hiddenUpTo(principal, mailbox);
      // It is done in steps, and what comes between them may be another one's to read.
      const newest = await db.read('mail_messages').where({ mailbox_id: mailbox.id }).max({ id: 'id' }).first();
      const upTo = Number(newest?.id ?? 0);
      return mailDeletion.messagesOf(mailbox.id, { after, upTo, since: mailboxes.visibleSince(principal) });
    },

    async mark(principal, id, { folder, tags, isRead }) {
      const message = await find(principal, id);
      const isReleased = folder === 'inbox' && message.folder === 'quarantine';
      if (isReleased && message.held !== null) await mailEffects.release(message);
      const patch = {
        ...(folder && { folder }),
        ...(tags && { tags: tags.length > 0 ? `,${[...new Set(tags)].join(',')},` : '' }),
        ...(isRead !== undefined && { is_read: isRead ? 1 : 0 }),
      };
      if (Object.keys(patch).length > 0) await db.write('mail_messages').where({ id }).update(patch);
      return find(principal, id);
    },

    open,
    peek,

    async raw(principal, id) {
      const { blob_id } = await find(principal, id);
      return unlessGone(principal, id, blobs.stream(blob_id));
    },
  };

  async function open(principal: Principal, id: number): Promise<OpenMessage> {
    const row = await peek(principal, id);
    if (!row.is_read) await db.write('mail_messages').where({ id }).update({ is_read: 1 });
    return { ...row, is_read: 1 };
  }

  async function peek(principal: Principal, id: number): Promise<OpenMessage> {
    let row = await find(principal, id);
    if (row.parsed_at === null) {
      await mailParseLoop.parseNow(id);
      row = await find(principal, id);
    }
    return { ...row, ...(await unlessGone(principal, id, mailContents.of(row))) };
  }

  /** Of what is deleted while somebody reads it the bytes are not there either: it is gone, and nothing is wrong. Of what is damaged it is said. */
  async function unlessGone<T>(principal: Principal, id: number, reading: Promise<T>): Promise<T> {
    try {
      return await reading;
    } catch (error) {
      await find(principal, id);
      throw isLost(error) ? mailErrors.message_damaged({ cause: error }) : error;
    }
  }

  /** All less the few that are not parsed: two counts by an index alone, where one would look at each row. */
  async function countAll(mailboxId: number, folder: MessageRow['folder']): Promise<number> {
    const all = await totalOf(db.read('mail_messages').where({ mailbox_id: mailboxId, folder }));
    // As an expression, so that SQLite takes the small index of unparsed mail and not the one of folders.
    const unparsed = db.read('mail_messages').where({ mailbox_id: mailboxId }).whereNull('parsed_at');
    return all - (await totalOf(unparsed.whereRaw(`folder || '' = ?`, [folder])));
  }

  async function find(principal: Principal, id: number): Promise<MessageRow> {
    const row = await db.read('mail_messages').where({ id }).first();
    const mailbox = row ? await db.read('mail_mailboxes').where({ id: row.mailbox_id }).first() : undefined;
    if (!row || !mailbox) throw mailErrors.message_not_found();
    if (!mailboxes.mayRead(principal, mailbox)) {
      throw principal.kind === 'mailbox' ? mailErrors.not_your_mailbox() : mailErrors.message_not_found();
    }
    if (row.received_at < mailboxes.visibleSince(principal)) throw mailErrors.message_not_found();
    if (row.id <= (await mailboxes.hiddenUpTo(principal, mailbox))) throw mailErrors.message_not_found();
    return row;
  }
}
