/**
 * Delivering: one try of one delivery, and when its retry is. A try that fails for now is followed by another one, later and
 * later, for four days (RFC 5321 §4.5.4.1); then its sender gets to know. Tables: mail_sent, mail_deliveries, core_jobs.
 */
import { CLOCK_TOLERANCE_MS, DeliveryError, messageOf, rowsOf } from '#core/kit.ts';
import type { Services } from '#core/plugin.ts';
import type { AuthServices } from '#plugins/auth/contract.ts';
import { createClockSteps } from '../clock-steps.ts';
import type { MailConfig } from '../config.ts';
import { createDomainGates } from '../domain-gates.ts';
import type { MailSuspension } from '../mailboxes/suspension.ts';
import { maySendStill } from '../may-send.ts';
import { type DeliveryOutcomes, JOB_KEY, LATER_PRIORITY, type Outcome } from './outcomes.ts';
import type { OutgoingMessages } from './outgoing-message.ts';
import { FINAL_STATUSES } from './states.ts';
import type { Suppressions } from './suppressions.ts';
import type { DeliveryRow, SentRow } from './tables.ts';

export interface Delivering {
  /** 0 for a domain that takes mail, more for one that does not answer: others' mail goes first. */
  priorityOf(domain: string): number;
  /** Tries it as the work of this job, and sees to the next try. Throws only when the outcome could not be stored. */
  attempt(deliveryId: number, signal: AbortSignal, jobId?: number): Promise<void>;
  /** Takes up what waits without a job, and gives up what its job has given up. */
  resume(): Promise<void>;
}

const MINUTE_MS = 60_000;
/** Waiting times between tries: two tries in the first hour, then every two or three, as the RFC proposes. */
const RETRY_AFTER_MS = [5, 25, 30, 60, 120, 120, 180].map((minutes) => minutes * MINUTE_MS);
/** RFC 5321 §4.5.4.1: "the give-up time generally needs to be at least 4-5 days". */
const GIVE_UP_AFTER_MS = 4 * 24 * 60 * MINUTE_MS;
/** What was due while this server stood still is tried for this long before it is given up. */
const TRY_AT_LEAST_MS = 4 * 60 * MINUTE_MS;
/** Who waits at a closed door looks again after this part of the time that it has waited. */
const WAITED_PART = 8;
const LONGEST_WAIT_MS = 180 * MINUTE_MS;
/** When a delivery is found to be under way already, it is looked at again after this. */
const UNDER_WAY_MS = MINUTE_MS;
const RESUMED_AT_ONCE = 500;
const NOT_REACHED = 'The servers of the domain could not be reached';

export function createDelivering(
  services: Services &
    AuthServices & {
      deliveryOutcomes: DeliveryOutcomes;
      mailSuspension: MailSuspension;
      outgoingMessages: OutgoingMessages;
      suppressions: Suppressions;
      config: MailConfig;
    },
): Delivering {
  const {
    db,
    clock,
    config,
    deliveryOutcomes: outcomes,
    log,
    mailer,
    mailSuspension,
    metrics,
    outgoingMessages,
    sharedCounts,
    suppressions,
  } = services;
  const isDirect = (): boolean => mailer.transport === 'mx';
  // The way mail leaves can be changed while the server runs.
  const gates = createDomainGates({
    get atOnce() {
      return isDirect() ? config.sending.atOncePerDomain : mailer.relayConnections;
    },
    get perMinute() {
      return isDirect() ? config.sending.perMinutePerDomain : 0;
    },
    now: () => clock.elapsed(),
  });
  const clockSteps = createClockSteps(clock);
  const tries = metrics.counter('patchbay_mail_deliveries_total', 'Tries of deliveries', ['outcome']);
  const underWay = new Set<number>();

  return { priorityOf, attempt, resume };

  /** Behind a relay all domains share its door; straight delivery knows each by itself. */
  function doorOf(domain: string): string {
    return isDirect() ? domain : '*';
  }

  function priorityOf(domain: string): number {
    return gates.isAway(doorOf(domain)) ? LATER_PRIORITY : 0;
  }

  async function attempt(deliveryId: number, signal: AbortSignal, jobId = 0): Promise<void> {
    // Asked before its row is read: what became of a try that is over by then stands in it.
    const wasUnderWay = underWay.has(deliveryId) || (await isUnderWayElsewhere(deliveryId, jobId));
    const delivery = await db.read('mail_deliveries').where({ id: deliveryId }).first();
    const sent = delivery && (await db.read('mail_sent').where({ id: delivery.sent_id }).first());
    if (!sent || FINAL_STATUSES.includes(delivery.status) || sent.status === 'canceled') return;
    // Two jobs of one delivery: the second one waits, since the first may still fail.
    if (wasUnderWay || underWay.has(deliveryId)) return outcomes.putOff(sent, delivery, clock.now() + UNDER_WAY_MS);
    underWay.add(deliveryId);
    try {
      await attemptOne(sent, delivery, signal);
    } finally {
      underWay.delete(deliveryId);
    }
  }

  /** Another replica may be at it with an earlier job, while somebody asked for it to be sent at another time. */
  async function isUnderWayElsewhere(delivery_id: number, jobId: number): Promise<boolean> {
    if (db.soleWriter) return false;
    const others = db.read('core_jobs').where({ name: 'mail.deliver', state: 'running' }).whereNot({ id: jobId });
    return Boolean(await others.where({ payload: JSON.stringify({ delivery_id }) }).first('id'));
  }

  async function attemptOne(sent: SentRow, delivery: DeliveryRow, signal: AbortSignal): Promise<void> {
    clockSteps.isNew();
    const now = clock.now();
    if (sent.scheduled_at !== null && sent.scheduled_at > now)
      return outcomes.putOff(sent, delivery, sent.scheduled_at);
    const suppressed = await suppressions.reasonFor(sent.tenant_id, delivery.recipient);
    if (suppressed !== null) return settle(delivery, { status: 'failed', answer: `suppressed: ${suppressed}` });
    if (await mailSuspension.of(sent)) return failed(sent, delivery, new Error('The account is suspended'));
    if (!(await maySendStill(sent.sent_by, services)))
      return settle(delivery, { status: 'failed', answer: 'The sender is no longer allowed to send mail' });
    const door = doorOf(delivery.domain);
    const waitMs = gates.enter(door, sent.tenant_id ?? '');
    if (waitMs > 0) return waitAtDoor(sent, delivery, door, waitMs);
    const fullMs = await fullForMs(door);
    if (fullMs > 0) {
      gates.leave(door);
      return waitAtDoor(sent, delivery, door, fullMs);
    }
    let outcome: Outcome;
    try {
      outcome = await handOver(sent, delivery, signal);
      gates.reachable(door);
    } catch (error) {
      // A fault of ours says nothing about the servers there.
      if (error instanceof DeliveryError) gates[error.isUnreachable ? 'unreachable' : 'reachable'](door);
      return await failed(sent, delivery, error);
    } finally {
      gates.leave(door);
    }
    await settle(delivery, outcome);
  }

  /** How long all replicas together have sent the domain enough. While that cannot be counted, each keeps to it by itself. */
  async function fullForMs(door: string): Promise<number> {
    const most = isDirect() ? config.sending.perMinutePerDomain : 0;
    if (most === 0 || !sharedCounts.areNeeded) return 0;
    try {
      const { points, leftMs } = await sharedCounts.add({ name: 'mail.domain', key: door, windowMs: MINUTE_MS });
      return points > most ? Math.max(1, leftMs) : 0;
    } catch (error) {
      log.warn({ err: error }, 'Mails to a domain are counted by this process alone: the database does not count');
      return 0;
    }
  }

  /** A time that is over ends it here too: of many that wait, few are ever tried. */
  function waitAtDoor(sent: SentRow, delivery: DeliveryRow, door: string, waitMs: number): Promise<void> {
    const awayMs = gates.awayFor(door);
    const waitedMs = dueForMs(sent, delivery) ?? awayMs;
    if (awayMs >= TRY_AT_LEAST_MS && isOver(waitedMs))
      return settle(delivery, { status: 'failed', answer: `Gave up: ${delivery.answer ?? NOT_REACHED}` });
    // Each look writes a row: a door that stays closed is not asked by everybody after each of its pauses.
    const laterMs = awayMs > 0 ? Math.max(waitMs, Math.min(waitedMs / WAITED_PART, LONGEST_WAIT_MS)) : waitMs;
    return outcomes.putOff(sent, delivery, clock.now() + laterMs + jitter(laterMs));
  }

  function isOver(waitedMs: number): boolean {
    return waitedMs >= GIVE_UP_AFTER_MS && !clockSteps.isNew();
  }

  /** Since it was due, or was tried first; null when a clock that was ahead has noted both. */
  function dueForMs({ created_at, scheduled_at }: SentRow, { first_try_at }: DeliveryRow): number | null {
    const now = clock.now();
    const due = Math.max(Number(created_at), Number(scheduled_at ?? 0));
    const known = [due, first_try_at].find((at) => at !== null && at <= now + CLOCK_TOLERANCE_MS) ?? null;
    return known === null ? null : now - known;
  }

  async function handOver(sent: SentRow, delivery: DeliveryRow, signal: AbortSignal): Promise<Outcome> {
    const raw = await outgoingMessages.bytesOf(sent, delivery);
    if (!raw) return { status: 'failed', answer: 'This message goes in circles' };
    const { id, isFinal } = await mailer.deliver({
      envelope: { from: delivery.envelope_from, to: [delivery.recipient] },
      raw,
      ...(await outgoingMessages.inParts(sent)),
      idempotencyKey: `${sent.uuid}:${delivery.id}`,
      signal,
    });
    if (!mailer.canSend) return { status: 'logged', answer: id };
    return { status: isFinal ? 'delivered' : 'sent', answer: id };
  }

  function settle(delivery: DeliveryRow, outcome: Outcome): Promise<void> {
    tries.inc({ outcome: outcome.status });
    return outcomes.settle(delivery, outcome);
  }

  async function failed(sent: SentRow, delivery: DeliveryRow, error: unknown): Promise<void> {
    const reason = messageOf(error);
    if (error instanceof DeliveryError && error.isPermanent) {
      return settle(delivery, { status: 'bounced', answer: reason });
    }
    const triedForMs = clock.now() - (delivery.first_try_at ?? clock.now());
    if (triedForMs >= TRY_AT_LEAST_MS && isOver(dueForMs(sent, delivery) ?? 0))
      return settle(delivery, { status: 'failed', answer: `Gave up: ${reason}` });
    log.info({ delivery: delivery.id, domain: delivery.domain, reason }, 'A delivery failed for now');
    tries.inc({ outcome: 'deferred' });
    const waitMs = RETRY_AFTER_MS[Math.min(delivery.attempts, RETRY_AFTER_MS.length - 1)] ?? 0;
    await outcomes.defer(delivery, reason, waitMs);
  }

  /** Waiting jobs have the delivery's key; those that run, or failed to store an outcome, have its payload alone. */
  async function resume(): Promise<void> {
    for (let after = 0, left = true; left; ) {
      const found = await db.read.raw(
        `with loose as (select payload from core_jobs where name = 'mail.deliver' and key is null and state <> 'dead')
         select d.* from mail_deliveries d
         where d.status = 'queued' and d.id > ?
           and not exists (select 1 from core_jobs j where j.key = '${JOB_KEY}' || d.id)
           and '{"delivery_id":' || d.id || '}' not in (select payload from loose)
         order by d.id limit ${RESUMED_AT_ONCE}`,
        [after],
      );
      const deliveries = rowsOf<DeliveryRow>(found);
      for (const delivery of deliveries) await resumeOne(delivery);
      after = deliveries.at(-1)?.id ?? after;
      left = deliveries.length === RESUMED_AT_ONCE;
    }
  }

  /** One that keeps ending the process, or cannot be stored, must not be begun again and again. */
  async function resumeOne(delivery: DeliveryRow): Promise<void> {
    const payload = JSON.stringify({ delivery_id: delivery.id });
    const dead = await db.read('core_jobs').where({ name: 'mail.deliver', state: 'dead', payload }).first('last_error');
    if (dead)
      return settle(delivery, { status: 'failed', answer: `Gave up: ${dead.last_error ?? 'every try was cut off'}` });
    log.warn({ delivery: delivery.id }, 'A delivery waited without a job; it is taken up again');
    const sent = await db.read('mail_sent').where({ id: delivery.sent_id }).first();
    if (sent) await outcomes.putOff(sent, delivery, clock.now());
  }
}

/** Deliveries that wait for the same thing come back spread over a while. */
function jitter(ms: number): number {
  return Math.random() * Math.min(ms, 60_000) * 0.2;
}
