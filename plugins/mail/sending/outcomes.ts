/**
 * Outcomes: what became of a delivery, and so of its mail. The mail's row is locked first: of two deliveries that end at once, the
 * second one sees the outcome of the first. Tables: mail_sent, mail_deliveries.
 */
import { CLOCK_TOLERANCE_MS, sanitizeText } from '#core/kit.ts';
import type { Services, Transaction } from '#core/plugin.ts';
import { NOBODYS } from '../lanes.ts';
import type { MailboxRow } from '../mailboxes/tables.ts';
import type { Bounce } from '../messages/parser/bounce.ts';
import { BOUNCED, SENT } from './activity.ts';
import type { FailureNotices } from './failure-notices.ts';
import { mayMove, overallStatus, SENT_MOVES } from './states.ts';
import type { Suppressions } from './suppressions.ts';
import type { DeliveryRow, SentRow } from './tables.ts';

export interface Outcome {
  status: DeliveryRow['status'];
  /** What the other side said, or why it was given up. */
  answer: string;
}

export interface DeliveryOutcomes {
  /** Stores how a try ended for good, and announces it. */
  settle(delivery: DeliveryRow, outcome: Outcome): Promise<void>;
  /** The try failed for now: the next one is `waitMs` later, or at the time that was asked for meanwhile. */
  defer(delivery: DeliveryRow, reason: string, waitMs: number): Promise<void>;
  /** Nothing was tried: at that time then. */
  putOff(sent: SentRow, delivery: DeliveryRow, runAt: number): Promise<void>;
  /** What a notification about a delivery must fit, and whose mail it was; null when nothing is known of it. */
  about(deliveryId: number): Promise<AboutDelivery | null>;
  /** A notification about a delivery of ours came in. */
  reported(trx: Transaction, report: DeliveryReport): Promise<void>;
}

/** What somebody's server says became of a delivery of ours. */
export interface DeliveryReport {
  deliveryId: number;
  bounce: Bounce;
}

export interface AboutDelivery {
  recipient: string;
  /** Reports come no later: its return path stands in every copy, and means nothing after this. */
  isOver: boolean;
  /** The mailbox that the mail was sent from; null when there is none any more. */
  sender: MailboxRow | null;
}

interface Found {
  sent: SentRow;
  delivery: DeliveryRow;
}

/** What strangers' servers say may be anything: an outcome that cannot be stored would be tried, and sent, again. */
const MAX_ANSWER = 1_000;
const MAX_PROVIDER_ID = 200;
/** Servers try for five days (RFC 5321 §4.5.4.1), behind a forward once more. */
const REPORTED_WITHIN_MS = 21 * 24 * 3600_000;
/** Lower runs first. */
export const LATER_PRIORITY = 10;

export function createDeliveryOutcomes({
  db,
  clock,
  events,
  activity,
  jobs,
  mailer,
  failureNotices,
  suppressions,
}: Services & { failureNotices: FailureNotices; suppressions: Suppressions }): DeliveryOutcomes {
  return {
    async settle(delivery, outcome) {
      const header = hasFailed(outcome) ? await failureNotices.headerOf(delivery.sent_id) : null;
      await db.transaction(async (trx) => {
        const found = await locked(trx, delivery.id);
        if (!found || !mayMove('settle', found.delivery.status)) return;
        await store(trx, found, outcome, { attempts: found.delivery.attempts + 1 });
        if (hasFailed(outcome)) await emitOutcome(trx, found, outcome, header);
        if (outcome.status === 'bounced') await suppressUnknown(trx, found, outcome.answer);
      });
    },
    defer,
    putOff: (sent, delivery, runAt) => db.transaction((trx) => enqueue(trx, { sent, delivery }, runAt)),
    about,
    reported,
  };

  function emitOutcome(
    trx: Transaction,
    found: Found,
    { status, answer }: Outcome,
    header: Buffer | null,
  ): Promise<void> {
    return failureNotices.add(trx, { ...found, answer, isRefused: status === 'bounced', header });
  }

  async function locked(trx: Transaction, deliveryId: number) {
    const reference = await trx('mail_deliveries').where({ id: deliveryId }).first('sent_id');
    const sent = reference && (await trx('mail_sent').where({ id: reference.sent_id }).forUpdate().first());
    const delivery = sent && (await trx('mail_deliveries').where({ id: deliveryId }).first());
    return delivery ? { sent, delivery } : null;
  }

  async function store(
    trx: Transaction,
    { sent, delivery }: Found,
    { status, answer }: Outcome,
    patch: Partial<DeliveryRow> = {},
  ): Promise<void> {
    const now = clock.now();
    await trx('mail_deliveries')
      .where({ id: delivery.id })
      .update({ ...patch, status, answer: sanitizeText(answer, MAX_ANSWER), updated_at: now });
    const all = await trx('mail_deliveries').where({ sent_id: sent.id }).select('status');
    await trx('mail_sent')
      .where({ id: sent.id })
      .update({
        status: overallStatus(all.map((one) => one.status)),
        updated_at: now,
        ...(mailer.transport === 'resend' &&
          status === 'sent' && { provider_id: sanitizeText(answer, MAX_PROVIDER_ID) }),
      });
    await announce(trx, sent, delivery, { status, answer });
  }

  async function announce(
    trx: Transaction,
    sent: SentRow,
    delivery: DeliveryRow,
    { status, answer }: Outcome,
  ): Promise<void> {
    const options = { tenantId: sent.tenant_id, subject: sent.from_addr };
    const data = { id: sent.uuid, from: sent.from_addr, to: delivery.recipient, subject: sent.subject };
    const note = (name: string) => db.afterCommit(trx, () => activity.note({ name, tenantId: sent.tenant_id }));
    // Programs that are tried without a mail server hear of it as they will with one.
    const isOut = status === 'sent' || status === 'delivered' || status === 'logged';
    if (isOut && delivery.status === 'queued') {
      if (status !== 'logged') note(SENT);
      await events.emit(trx, sent.kind === 'forwarded' ? 'mail.forwarded' : 'mail.sent', data, options);
    } else if (status === 'bounced' || status === 'failed') {
      note(BOUNCED);
      await events.emit(trx, 'mail.bounced', { ...data, reason: answer }, options);
    }
  }

  async function defer(given: DeliveryRow, reason: string, waitMs: number): Promise<void> {
    await db.transaction(async (trx) => {
      const found = await locked(trx, given.id);
      if (!found || !mayMove('defer', found.delivery.status)) return;
      const { sent, delivery } = found;
      const now = clock.now();
      const firstTryAt = delivery.first_try_at ?? now;
      await trx('mail_deliveries')
        .where({ id: delivery.id })
        .update({
          attempts: delivery.attempts + 1,
          answer: sanitizeText(reason, MAX_ANSWER),
          // What lies ahead was noted by a clock that was.
          first_try_at: firstTryAt > now + CLOCK_TOLERANCE_MS ? now : firstTryAt,
          updated_at: now,
        });
      const isPutOff = sent.scheduled_at !== null && sent.scheduled_at > now;
      if (!isPutOff && sent.status !== 'queued') {
        const due = trx('mail_sent')
          .where({ id: sent.id })
          .whereIn('status', [...SENT_MOVES.becomeDue.from]);
        await due.update({ status: 'queued', updated_at: now });
      }
      await enqueue(trx, found, isPutOff ? (sent.scheduled_at ?? now) : now + waitMs);
    });
  }

  function enqueue(
    trx: Transaction,
    { sent, delivery }: { sent: SentRow; delivery: DeliveryRow },
    runAt: number,
  ): Promise<void> {
    return jobs.enqueue(
      trx,
      'mail.deliver',
      { delivery_id: delivery.id },
      { ...jobOptions(sent, delivery), runAt: Math.round(runAt), priority: LATER_PRIORITY },
    );
  }

  /** 5.1.1 and its like: the address does not exist, and trying it again hurts our name. */
  async function suppressUnknown(
    trx: Transaction,
    { sent, delivery }: { sent: SentRow; delivery: DeliveryRow },
    reason: string,
  ): Promise<void> {
    if (/\b5\.1\.[1236]\b/.test(reason)) await suppressions.suppress(trx, sent.tenant_id, delivery.recipient, reason);
  }

  async function about(deliveryId: number): Promise<AboutDelivery | null> {
    const delivery = await db.read('mail_deliveries').where({ id: deliveryId }).first();
    const sent = delivery && (await db.read('mail_sent').where({ id: delivery.sent_id }).first());
    if (!sent) return null;
    // The address may be somebody else's by now.
    const of = { address: sent.from_addr.toLowerCase(), tenant_id: sent.tenant_id };
    const sender = await db.read('mail_mailboxes').where(of).whereNull('removed_at').first();
    const isOver = delivery.updated_at < clock.now() - REPORTED_WITHIN_MS;
    return { recipient: delivery.recipient, isOver, sender: sender ?? null };
  }

  async function reported(trx: Transaction, { deliveryId, bounce }: DeliveryReport): Promise<void> {
    if (bounce.action !== 'failed' && bounce.action !== 'delivered') return;
    const found = await locked(trx, deliveryId);
    if (!found || !mayMove('report', found.delivery.status)) return;
    const isRefused = bounce.action === 'failed';
    const reason = `${bounce.status} ${bounce.diagnostic}`.trim();
    const outcome: Outcome = { status: isRefused ? 'bounced' : 'delivered', answer: reason };
    await store(trx, found, outcome);
    if (!isRefused) return;
    await emitOutcome(trx, found, outcome, null);
    await suppressUnknown(trx, found, bounce.status);
  }
}

function hasFailed({ status }: Outcome): boolean {
  return status === 'bounced' || status === 'failed';
}

/** One job that waits for each delivery; those of a tenant share a lane. */
export function jobOptions({ tenant_id }: Pick<SentRow, 'tenant_id'>, { id }: Pick<DeliveryRow, 'id'>) {
  return { key: `${JOB_KEY}${id}`, lane: tenant_id ?? NOBODYS };
}

export const JOB_KEY = 'mail.deliver:';
