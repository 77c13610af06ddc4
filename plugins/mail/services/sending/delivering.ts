/**
 * One try of one delivery. A try that fails for now is followed by another one, later and later, for four days
 * (RFC 5321 §4.5.4.1); then its sender gets to know. Tables: mail_sent, mail_deliveries, mail_suppressions.
 */
import type { Transaction } from '#core/database/database.ts';
import { messageOf } from '#core/errors.ts';
import { DeliveryError } from '#core/mailer/mailer.ts';
import type { Services } from '#core/plugin.ts';
import type { MailConfig } from '../../config.ts';
import type { DeliveryRow, SentRow } from '../../tables.ts';
import type { Bounce } from '../parser/bounce.ts';
import { compose, partsOf } from './compose.ts';
import { createDomainGates } from './domain-gates.ts';

export interface Delivering {
  /** 0 for a domain that takes mail, more for one that does not answer: others' mail goes first. */
  priorityOf(domain: string): number;
  /** Tries it, and sees to the next try. Throws only when the outcome could not be stored. */
  attempt(deliveryId: number): Promise<void>;
  /** A notification about a delivery of ours came in. */
  reported(trx: Transaction, deliveryId: number, bounce: Bounce | null): Promise<void>;
}

const MINUTE_MS = 60_000;
/** Waiting times between tries: two tries in the first hour, then every two or three, as the RFC proposes. */
const RETRY_AFTER_MS = [5, 25, 30, 60, 120, 120, 180].map((minutes) => minutes * MINUTE_MS);
/** RFC 5321 §4.5.4.1: "the give-up time generally needs to be at least 4-5 days". */
const GIVE_UP_AFTER_MS = 4 * 24 * 60 * MINUTE_MS;
const FINAL: DeliveryRow['status'][] = ['sent', 'delivered', 'bounced', 'failed', 'canceled'];
/** Lower runs first. */
const LATER_PRIORITY = 10;
/** A relay is ours, and takes more at once than a stranger's server. */
const RELAY_CONNECTIONS = 10;
/** A copy that passed through here more often goes in circles. */
const MAX_LOOPS = 3;

export function createDelivering(services: Services & { config: MailConfig }): Delivering {
  const { db, blobs, clock, config, dkim, events, jobs, mailer, log, metrics } = services;
  const gates = createDomainGates({
    atOnce: mailer.transport === 'mx' ? config.sending.atOncePerDomain : RELAY_CONNECTIONS,
    perMinute: mailer.transport === 'mx' ? config.sending.perMinutePerDomain : 0,
    now: () => clock.now(),
  });
  const tries = metrics.counter('patchbay_mail_deliveries_total', 'Tries of deliveries', ['outcome']);

  const underWay = new Set<number>();

  return { priorityOf, attempt, reported };

  /** Behind a relay all domains share its door; straight delivery knows each by itself. */
  function doorOf(domain: string): string {
    return mailer.transport === 'mx' ? domain : '*';
  }

  function priorityOf(domain: string): number {
    return gates.isAway(doorOf(domain)) ? LATER_PRIORITY : 0;
  }

  /** A delivery may have two jobs for a moment, when somebody has changed its time. */
  async function attempt(deliveryId: number): Promise<void> {
    if (underWay.has(deliveryId)) return;
    underWay.add(deliveryId);
    try {
      await attemptOne(deliveryId);
    } finally {
      underWay.delete(deliveryId);
    }
  }

  async function attemptOne(deliveryId: number): Promise<void> {
    const delivery = await db.read('mail_deliveries').where({ id: deliveryId }).first();
    const sent = delivery && (await db.read('mail_sent').where({ id: delivery.sent_id }).first());
    if (!delivery || !sent || FINAL.includes(delivery.status) || sent.status === 'canceled') return;
    const suppressed = await suppression(sent.tenant_id, delivery.recipient);
    if (suppressed) return finish(sent, delivery, 'failed', `suppressed: ${suppressed}`);
    const door = doorOf(delivery.domain);
    const waitMs = gates.enter(door);
    if (waitMs > 0) return later(delivery, waitMs + jitter(waitMs));
    try {
      const raw = await messageOfSent(sent, delivery);
      if (!raw) return await finish(sent, delivery, 'failed', 'This message goes in circles');
      const { id, isFinal } = await mailer.deliver({
        envelope: { from: delivery.envelope_from, to: [delivery.recipient] },
        raw,
        ...(sent.kind === 'composed' && { parts: partsOf(sent) }),
        idempotencyKey: `${sent.uuid}:${delivery.id}`,
      });
      gates.reachable(door);
      await finish(sent, delivery, isFinal ? 'delivered' : 'sent', id);
    } catch (error) {
      if (error instanceof DeliveryError && !error.isUnreachable) gates.reachable(door);
      else gates.unreachable(door);
      await failed(sent, delivery, error);
    } finally {
      gates.leave(door);
    }
  }

  async function suppression(tenantId: string | null, recipient: string): Promise<string | null> {
    const found = await db
      .read('mail_suppressions')
      .where({ tenant_id: tenantId, address: recipient.toLowerCase() })
      .first();
    return found?.reason ?? null;
  }

  /** The bytes that leave; null for a forward that has been here too often. */
  async function messageOfSent(sent: SentRow, delivery: DeliveryRow): Promise<Buffer | null> {
    const domain = sent.from_addr.slice(sent.from_addr.lastIndexOf('@') + 1);
    if (sent.blob_id === null) return signed(await compose(sent), domain);
    const raw = await blobs.read(sent.blob_id);
    if (sent.kind === 'submitted') return signed(raw, domain);
    const loops = loopsOf(raw);
    if (loops >= MAX_LOOPS) return null;
    const sealed = config.sending.arc ? await dkim.seal(raw, domain, authResultsOf(sent)) : raw;
    const trace = `X-Patchbay-Loop: ${loops + 1}\r\nX-Forwarded-To: ${delivery.recipient}\r\nX-Forwarded-For: ${sent.from_addr}\r\n`;
    return Buffer.concat([Buffer.from(trace), sealed]);
  }

  function signed(raw: Buffer, domain: string): Promise<Buffer> | Buffer {
    return config.sending.dkim && mailer.transport !== 'log' ? dkim.sign(raw, domain) : raw;
  }

  async function finish(sent: SentRow, delivery: DeliveryRow, status: DeliveryRow['status'], answer: string) {
    tries.inc({ outcome: status });
    await db.transaction((trx) => settle(trx, sent, delivery, status, answer));
  }

  /** Stores an outcome and, when it is the last of its mail's recipients, the mail's. Announces it. */
  async function settle(
    trx: Transaction,
    sent: SentRow,
    delivery: DeliveryRow,
    status: DeliveryRow['status'],
    answer: string,
  ): Promise<void> {
    const now = clock.now();
    await trx('mail_deliveries')
      .where({ id: delivery.id })
      .update({ status, answer: answer.slice(0, 1_000), attempts: delivery.attempts + 1, updated_at: now });
    const all = await trx('mail_deliveries').where({ sent_id: sent.id }).select('status');
    const overall = overallStatus(all.map((one) => one.status));
    await trx('mail_sent')
      .where({ id: sent.id })
      .update({
        status: overall,
        updated_at: now,
        ...(mailer.transport === 'resend' && status === 'sent' && { provider_id: answer }),
      });
    await announce(trx, sent, delivery, status, answer);
  }

  async function announce(
    trx: Transaction,
    sent: SentRow,
    delivery: DeliveryRow,
    status: DeliveryRow['status'],
    answer: string,
  ): Promise<void> {
    const options = { tenantId: sent.tenant_id, subject: sent.from_addr };
    const data = { id: sent.uuid, from: sent.from_addr, to: delivery.recipient, subject: sent.subject };
    const isOut = status === 'sent' || status === 'delivered';
    if (isOut && delivery.status === 'queued') {
      await events.emit(trx, sent.kind === 'forwarded' ? 'mail.forwarded' : 'mail.sent', data, options);
    } else if (status === 'bounced' || status === 'failed') {
      await events.emit(trx, 'mail.bounced', { ...data, reason: answer }, options);
    }
  }

  async function failed(sent: SentRow, delivery: DeliveryRow, error: unknown): Promise<void> {
    const reason = messageOf(error);
    if (error instanceof DeliveryError && error.isPermanent) {
      await finish(sent, delivery, 'bounced', reason);
      await suppressUnknown(sent.tenant_id, delivery.recipient, reason);
      return;
    }
    const now = clock.now();
    const firstTryAt = delivery.first_try_at ?? now;
    if (now - firstTryAt >= GIVE_UP_AFTER_MS) return finish(sent, delivery, 'failed', `Gave up: ${reason}`);
    log.info({ delivery: delivery.id, domain: delivery.domain, reason }, 'A delivery failed for now');
    tries.inc({ outcome: 'deferred' });
    const waitMs = RETRY_AFTER_MS[Math.min(delivery.attempts, RETRY_AFTER_MS.length - 1)] ?? 0;
    await db
      .write('mail_deliveries')
      .where({ id: delivery.id })
      .update({
        attempts: delivery.attempts + 1,
        answer: reason.slice(0, 1_000),
        first_try_at: firstTryAt,
        updated_at: now,
      });
    await later(delivery, waitMs);
  }

  async function later({ id }: DeliveryRow, waitMs: number): Promise<void> {
    await db.transaction((trx) =>
      jobs.enqueue(
        trx,
        'mail.deliver',
        { delivery_id: id },
        {
          runAt: clock.now() + Math.round(waitMs),
          priority: LATER_PRIORITY,
        },
      ),
    );
  }

  /** 5.1.1 and its like: the address does not exist, and trying it again hurts our name. */
  async function suppressUnknown(tenantId: string | null, address: string, reason: string): Promise<void> {
    if (!/\b5\.1\.[1236]\b/.test(reason)) return;
    await db
      .write('mail_suppressions')
      .insert({
        tenant_id: tenantId,
        address: address.toLowerCase(),
        reason: reason.slice(0, 500),
        created_at: clock.now(),
      })
      .onConflict(['tenant_id', 'address'])
      .ignore();
  }

  async function reported(trx: Transaction, deliveryId: number, bounce: Bounce | null): Promise<void> {
    if (!bounce || (bounce.action !== 'failed' && bounce.action !== 'delivered')) return;
    const delivery = await trx('mail_deliveries').where({ id: deliveryId }).first();
    const sent = delivery && (await trx('mail_sent').where({ id: delivery.sent_id }).first());
    if (!delivery || !sent || delivery.status === 'bounced') return;
    const reason = `${bounce.status} ${bounce.diagnostic}`.trim();
    await settle(trx, sent, delivery, bounce.action === 'failed' ? 'bounced' : 'delivered', reason);
    if (bounce.action === 'failed' && /^5\.1\.[1236]$/.test(bounce.status)) {
      await trx('mail_suppressions')
        .insert({
          tenant_id: sent.tenant_id,
          address: delivery.recipient.toLowerCase(),
          reason: reason.slice(0, 500),
          created_at: clock.now(),
        })
        .onConflict(['tenant_id', 'address'])
        .ignore();
    }
  }
}

/** The mail is what is worst, as long as anything is left to do: queued; then bounced, failed, sent, delivered. */
function overallStatus(statuses: readonly DeliveryRow['status'][]): SentRow['status'] {
  for (const status of ['queued', 'bounced', 'failed', 'sent', 'delivered'] as const) {
    if (statuses.includes(status)) return status;
  }
  return 'canceled';
}

function loopsOf(raw: Buffer): number {
  const end = raw.indexOf('\r\n\r\n');
  const header = raw.toString('latin1', 0, end < 0 ? Math.min(raw.length, 65_536) : end);
  return header.match(/^x-patchbay-loop:/gim)?.length ?? 0;
}

function authResultsOf(sent: SentRow): string {
  const headers: Record<string, string> = JSON.parse(sent.headers);
  return headers['authentication-results'] ?? 'localhost; none';
}

/** Deliveries that wait for the same thing come back spread over a while. */
function jitter(ms: number): number {
  return Math.random() * Math.min(ms, 60_000) * 0.2;
}
