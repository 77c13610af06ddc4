/** Waiting for mail: what every end-to-end test suite writes by hand. */
import { isLost, likePattern } from '#core/kit.ts';
import type { Principal, Services } from '#core/plugin.ts';
import { mailErrors } from '../errors.ts';
import type { Mailboxes } from '../mailboxes/mailboxes.ts';
import type { MailboxRow, MessageRow } from '../mailboxes/tables.ts';
import { linksOf } from '../messages/parser/html.ts';
import type { ParseLoop } from '../receiving/parse-queue/loop.ts';
import type { MailContents } from './contents.ts';
import { LIST_WAIT_MS } from './reading.ts';

export interface MailFilter {
  mailbox: string;
  /** Part of the sender. */
  from?: string;
  /** Part of the subject. */
  subject?: string;
  /** Only mail that came at or after this time (ms since the epoch). */
  since?: number;
}

export interface FoundMail {
  id: number;
  from: string;
  to: string;
  subject: string;
  received_at: number;
  code: string;
  links: string[];
  text: string;
}

export interface MailWaiting {
  /** The newest mail that matches, now or within `timeoutMs`; null when none came. Throws `mailbox_not_found`. */
  waitFor(principal: Principal, filter: MailFilter, timeoutMs: number, signal?: AbortSignal): Promise<FoundMail | null>;
  /** Mail that matches, newest first. Throws `mailbox_not_found`. */
  find(principal: Principal, filter: MailFilter, limit: number): Promise<FoundMail[]>;
}

/** Mail of other replicas is found by looking again. */
const RECHECK_MS = 1_000;

type FoundRow = MessageRow & { text: string | null; html: string | null; links: string | null; is_long: number | null };

/** What of a mailbox somebody sees: mail after this one, that came since then. */
interface Seen {
  after: number;
  visibleSince: number;
}

export function createMailWaiting(
  services: Services & { mailboxes: Mailboxes; mailContents: MailContents; mailParseLoop: ParseLoop },
): MailWaiting {
  const { db, events, mailboxes, mailContents, mailParseLoop } = services;
  return { waitFor, find };

  async function waitFor(principal: Principal, filter: MailFilter, timeoutMs: number, signal?: AbortSignal) {
    const { id } = await mailboxes.readable(principal, filter.mailbox);
    if (timeoutMs < LIST_WAIT_MS) await mailParseLoop.settled(id, LIST_WAIT_MS);
    const address = filter.mailbox.trim().toLowerCase();
    // Listening begins before the look, so that nothing falls between the two.
    let wake: () => void = () => {};
    const stop = events.listen((event) => {
      if (event.type === 'mail.received' && event.subject === address) wake();
    });
    const until = performance.now() + timeoutMs;
    try {
      for (;;) {
        const arrival = new Promise<void>((resolve) => {
          wake = resolve;
        });
        // It may have become somebody else's since, or another one of the same name.
        const mailbox = await mailboxes.readable(principal, address);
        if (mailbox.id !== id) throw mailErrors.mailbox_not_found();
        const [found] = await search(mailbox, await seenBy(principal, mailbox), filter, 1);
        if (found) return found;
        const leftMs = until - performance.now();
        if (leftMs <= 0 || signal?.aborted) return null;
        await Promise.race([arrival, pause(db.soleWriter ? leftMs : Math.min(leftMs, RECHECK_MS), signal)]);
      }
    } finally {
      stop();
    }
  }

  async function find(principal: Principal, filter: MailFilter, limit: number): Promise<FoundMail[]> {
    const mailbox = await mailboxes.readable(principal, filter.mailbox);
    await mailParseLoop.settled(mailbox.id, LIST_WAIT_MS);
    return search(mailbox, await seenBy(principal, mailbox), filter, limit);
  }

  async function seenBy(principal: Principal, mailbox: MailboxRow): Promise<Seen> {
    return { after: await mailboxes.hiddenUpTo(principal, mailbox), visibleSince: mailboxes.visibleSince(principal) };
  }

  async function search(
    { id }: MailboxRow,
    { after, visibleSince }: Seen,
    { from, subject, since }: MailFilter,
    limit: number,
  ): Promise<FoundMail[]> {
    const query = db
      .read('mail_messages')
      .leftJoin('mail_contents', 'mail_contents.message_id', 'mail_messages.id')
      .where({ mailbox_id: id, folder: 'inbox' })
      .where('mail_messages.id', '>', after)
      .where('received_at', '>=', Math.max(visibleSince, since ?? 0))
      .whereNotNull('parsed_at')
      .select('mail_messages.*', 'mail_contents.text', 'mail_contents.links', 'mail_contents.is_long')
      // Needed for mail alone that was parsed before links were kept.
      .select(db.read.raw('case when mail_contents.links is null then mail_contents.html end as html'))
      .orderBy('mail_messages.id', 'desc')
      .limit(limit);
    if (from) query.whereRaw(`lower(sender) like ? escape '\\'`, [likePattern(from.toLowerCase())]);
    if (subject) query.whereRaw(`lower(subject) like ? escape '\\'`, [likePattern(subject.toLowerCase())]);
    const rows: FoundRow[] = await query;
    const found = await Promise.all(rows.map(foundOf));
    return found.filter((mail) => mail !== null);
  }

  /** Null when it was deleted meanwhile. */
  async function foundOf(row: FoundRow): Promise<FoundMail | null> {
    const text = row.is_long ? await longTextOf(row) : (row.text ?? '');
    if (text === null) return null;
    return {
      id: row.id,
      from: row.sender,
      to: row.to_addrs,
      subject: row.subject,
      received_at: row.received_at,
      code: row.verification_code,
      links: row.links === null ? linksOf(row.html ?? '', row.text ?? '') : JSON.parse(row.links),
      text,
    };
  }

  /** Of one whose bytes are damaged its beginning, which is kept beside them. */
  async function longTextOf({ id, blob_id, preview }: FoundRow): Promise<string | null> {
    try {
      return (await mailContents.longTexts(blob_id)).text;
    } catch (error) {
      if (!(await db.read('mail_messages').where({ id }).first('id'))) return null;
      if (isLost(error)) return preview;
      throw error;
    }
  }
}

function pause(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    timer.unref();
    signal?.addEventListener('abort', () => resolve(), { once: true });
  });
}
