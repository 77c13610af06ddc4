/**
 * Automatic answers and other mail that programs send (RFC 3834): it is marked, an answer leaves with the null sender and goes to no machine and to no
 * list, and one address gets only so many. Two programs that answer each other end there. Table: mail_sent.
 */
import { timeWindow } from '#core/kit.ts';
import type { Principal, Services } from '#core/plugin.ts';
import { isMailAddress } from '../addresses.ts';
import { mailErrors } from '../errors.ts';
import type { Mailboxes } from '../mailboxes/mailboxes.ts';
import type { OpenedMessage } from '../message-opening.ts';
import { headerOf } from '../messages/message-source.ts';
import { laneOf, type WorkerPool } from '../messages/workers/pool.ts';
import type { Composition, Outbox } from './outbox.ts';
import type { SentRow } from './tables.ts';

export interface AutomaticAnswers {
  /** Where answers to a message go, in which thread, and whether it is one that no program may answer. */
  about(message: Answered): Promise<About>;
  /** Answers in the thread. Throws `automatic_mail`, `answered_often`, and what `outbox.send` throws. */
  reply(principal: Principal, message: OpenedMessage, answer: Written): Promise<SentRow>;
  /** Sends what a program has written. Throws `answered_often`, and what `outbox.send` throws. */
  send(principal: Principal, mail: Composition & { isAutomatic: boolean }): Promise<SentRow>;
}

interface About {
  to: string[];
  isAutomatic: boolean;
  /** What it refers to, the newest first. */
  references: string[];
}

type Answered = Pick<OpenedMessage, 'blob_id' | 'envelope_from' | 'sender'>;

interface Written extends Pick<Composition, 'text' | 'html' | 'idempotencyKey'> {
  /** False: a person wrote it or has approved of it. */
  isAutomatic: boolean;
}

/** Longer headers are not read to their end. */
const HEADER_BYTES = 256 * 1024;
const HOUR_MS = 3600_000;
/** Automatic mails to one address in an hour. */
const MOST_AN_HOUR = 10;
/** Of a mailbox; whoever sends more in an hour is slowed by other limits. */
const LOOKED_AT = 1_000;
const AUTO_SUBMITTED = 'Auto-Submitted';

export function createAutomaticAnswers({
  blobs,
  clock,
  db,
  mailboxes,
  mailWorkers,
  outbox,
}: Services & { mailboxes: Mailboxes; mailWorkers: WorkerPool; outbox: Outbox }): AutomaticAnswers {
  return { about, reply, send };

  async function about({ blob_id, envelope_from, sender }: Answered): Promise<About> {
    const { stream } = await blobs.stream(blob_id);
    const raw = await headerOf(stream, HEADER_BYTES);
    const parsed = await mailWorkers.run(laneOf(raw.length), 'parse', { raw });
    const to = [...new Set(parsed.replyTo)].filter(isMailAddress);
    return {
      to: to.length > 0 ? to : [sender].filter(Boolean),
      isAutomatic: parsed.isAutomatic || envelope_from === '' || sender === '',
      references: parsed.references,
    };
  }

  async function reply(principal: Principal, message: OpenedMessage, answer: Written): Promise<SentRow> {
    const mailbox = await mailboxes.byId(message.mailbox_id);
    if (!mailbox) throw mailErrors.mailbox_not_found();
    const { isAutomatic, ...content } = answer;
    const found = await about(message);
    // A forged list of addresses must not make one mail many.
    const to = isAutomatic ? found.to.slice(0, 1) : found.to;
    const isToItself = to.some((one) => mailboxes.own(one)?.address === mailbox.address);
    if (isAutomatic && (found.isAutomatic || isToItself)) throw mailErrors.automatic_mail();
    const mail: Composition = {
      ...content,
      from: mailbox.address,
      to,
      subject: /^re:/i.test(message.subject) ? message.subject : `Re: ${message.subject}`,
      headers: { ...answerTo(message, found.references), ...(isAutomatic && { [AUTO_SUBMITTED]: 'auto-replied' }) },
      // What comes of an answer must not come back as a bounce (RFC 3834 §3.3).
      ...(isAutomatic && { envelopeFrom: '' }),
    };
    if (isAutomatic) await refuseOften(mail);
    return outbox.send(principal, mail);
  }

  async function send(principal: Principal, { isAutomatic, ...mail }: Composition & { isAutomatic: boolean }) {
    if (!isAutomatic) return outbox.send(principal, mail);
    // A mail about each mail that failed, which fails too: that ends here. And one for each mail of somebody who does the same.
    await refuseOften(mail, (await hasWrittenOften(mail)) ? undefined : ['bounced', 'failed']);
    return outbox.send(principal, { ...mail, headers: { ...mail.headers, [AUTO_SUBMITTED]: 'auto-generated' } });
  }

  /** Whether one of those that get the mail has sent as many mails here within the hour as they may get. */
  async function hasWrittenOften({ from, to }: Composition): Promise<boolean> {
    const last = db
      .read('mail_messages')
      .whereIn('mailbox_id', db.read('mail_mailboxes').where({ address: from.toLowerCase() }).select('id'))
      .orderBy('id', 'desc')
      .limit(LOOKED_AT)
      .select('sender', 'received_at')
      .as('last');
    const addresses = addressesIn(to);
    const counted: { n: number | string }[] = await db.read
      .from(last)
      .whereRaw(`lower(sender) in (${addresses.map(() => '?').join(', ')})`, addresses)
      .whereBetween('received_at', timeWindow(clock.now(), HOUR_MS))
      .groupByRaw('lower(sender)')
      .count({ n: '*' });
    return counted.some(({ n }) => Number(n) >= MOST_AN_HOUR);
  }

  function addressesIn(to: Composition['to']): string[] {
    return (typeof to === 'string' ? to.split(',') : to).map((one) => one.trim().toLowerCase());
  }

  /** Only what comes from this mailbox is counted, and no repeat of the same call. */
  async function refuseOften({ from, to, idempotencyKey = '' }: Composition, statuses?: SentRow['status'][]) {
    const last = db
      .read('mail_sent')
      .where({ from_addr: from.toLowerCase() })
      .orderBy('id', 'desc')
      .limit(LOOKED_AT)
      .select('recipients', 'headers', 'status', 'created_at', 'idempotency_key')
      .as('last');
    const query = db.read
      .from(last)
      // Whoever spells it otherwise each time is the same.
      .whereRaw('lower(recipients) = ?', [addressesIn(to).join(',')])
      .whereBetween('created_at', timeWindow(clock.now(), HOUR_MS))
      .whereRaw("coalesce(idempotency_key, '') <> ?", [idempotencyKey])
      .where('headers', 'like', `%"${AUTO_SUBMITTED}"%`);
    if (statuses) query.whereIn('status', statuses);
    const [counted] = await query.count({ n: '*' });
    if (Number(counted?.n) >= MOST_AN_HOUR) throw mailErrors.answered_often();
  }
}

/**
 * Header fields of an answer, which stands in the thread of what it answers (RFC 5322 §3.6.4). `references`: what the answered
 * mail refers to itself, the newest first, without brackets.
 */
export function answerTo(
  { message_ref }: Pick<OpenedMessage, 'message_ref'>,
  references: readonly string[],
): Record<string, string> {
  if (message_ref === null) return {};
  const thread = [...references.filter((one) => one !== message_ref).reverse(), message_ref];
  return { 'In-Reply-To': `<${message_ref}>`, References: thread.map((one) => `<${one}>`).join(' ') };
}
