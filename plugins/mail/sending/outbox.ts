/** Outbox: mail that people send, until it leaves: queueing it, finding it, rescheduling and canceling. Tables: mail_sent, mail_deliveries. */
import { randomUUID } from 'node:crypto';
import { isSuperadmin, type StoredBytes, totalOf } from '#core/kit.ts';
import type { Principal, Services, Transaction } from '#core/plugin.ts';
import type { AuthServices } from '#plugins/auth/contract.ts';
import { isMailAddress } from '../addresses.ts';
import { mailErrors } from '../errors.ts';
import { isMailAdmin } from '../mail-admin.ts';
import type { EndedMailbox, MailboxHandover } from '../mailboxes/handover.ts';
import type { Mailboxes } from '../mailboxes/mailboxes.ts';
import type { ReturnPaths } from '../mailboxes/return-paths.ts';
import type { MailboxRow } from '../mailboxes/tables.ts';
import { checkMaySend, senderOf } from '../may-send.ts';
import { cancelScheduled } from './cancel-scheduled.ts';
import { compose, type SentFile } from './compose.ts';
import type { Delivering } from './delivering.ts';
import type { FailureNotices } from './failure-notices.ts';
import { jobOptions } from './outcomes.ts';
import type { SentDeletion } from './sent-deletion.ts';
import { giveBackSent, MAILS_SENT } from './sent-meter.ts';
import { DELIVERY_MOVES, SENT_MOVES } from './states.ts';
import type { DeliveryRow, SentRow } from './tables.ts';

export interface Composition {
  from: string;
  fromName?: string;
  to: string | readonly string[];
  subject: string;
  html?: string;
  text?: string;
  /** Not before this time (ms since the epoch). */
  scheduledAt?: number | null;
  /** A second one with the same key from the same sender gives the first one's answer. */
  idempotencyKey?: string;
  headers?: Record<string, string>;
  files?: readonly SentFile[];
  /** '' for what must cause no bounce; default: a return path of each delivery. */
  envelopeFrom?: string;
}

export interface NewSent {
  /** As `senderOf` gives it: their right to send is asked about when it leaves. */
  sentBy: number | null;
  /** For a message whose bytes are finished; default: a new one. */
  uuid?: string;
  mailbox: Pick<MailboxRow, 'address' | 'user_id' | 'tenant_id' | 'domain'>;
  kind: SentRow['kind'];
  recipients: readonly string[];
  subject: string;
  html?: string;
  text?: string;
  fromName?: string | null;
  blobId?: number | null;
  headers?: Record<string, string>;
  scheduledAt?: number | null;
  idempotencyKey?: string | null;
  /** For forwards, the sender that is told when it fails. Default: a return path of each delivery. */
  envelopeFrom?: string;
  /**
   * `exact` (default): counted in the transaction, or refused. For what follows from mail that came in, which no refusal may
   * hold up: `noted` is counted once that is stored; `refused` is kept as failed and does not leave.
   */
  metering?: 'exact' | 'noted' | 'refused';
}

const OVER_LIMIT = 'The limit of the plan for mails sent is reached, so this was not sent';

export interface Outbox {
  /** Takes a mail on; from here on it is durable. Throws `may_not_send`, `limit_exceeded`, `mailbox_not_found`, `bad_address`, `empty_mail`. */
  send(principal: Principal, mail: Composition): Promise<SentRow>;
  /**
   * The same inside a transaction, for whole messages. A second one with the same key gives the first. Whoever calls this has
   * asked whether it may be sent. Throws `limit_exceeded`.
   */
  add(trx: Transaction, sent: NewSent): Promise<SentRow>;
  /** The same for a mailbox that is the principal's at this moment. Throws `mailbox_not_found` besides. */
  addOwn(trx: Transaction, principal: Principal, sent: NewSent): Promise<SentRow>;
  list(
    principal: Principal,
    from: string,
    page: { limit: number; offset: number },
  ): Promise<{ rows: SentRow[]; total: number }>;
  /** By our id, the provider's, or the number in lists. Throws `sent_not_found`. */
  find(principal: Principal, id: string): Promise<SentRow>;
  deliveriesOf(id: number): Promise<DeliveryRow[]>;
  /** Throws `may_not_send`, `sent_already`. */
  reschedule(principal: Principal, id: string, at: number): Promise<void>;
  /** Throws `sent_already`. */
  cancel(principal: Principal, id: string): Promise<void>;
  remove(principal: Principal, id: string): Promise<void>;
}

const MAX_RECIPIENTS = 50;

export function createOutbox(
  services: Services &
    AuthServices & {
      delivering: Delivering;
      failureNotices: FailureNotices;
      mailboxes: Mailboxes;
      mailboxHandover: MailboxHandover;
      sentDeletion: SentDeletion;
      returnPaths: ReturnPaths;
    },
): Outbox {
  const { blobs, db, clock, delivering, events, failureNotices, jobs, mailboxes, returnPaths, sentDeletion, usage } =
    services;
  services.mailboxHandover.register({
    end: deleteKeys,
    cancelScheduled: (trx, mail) => cancelScheduled(services, trx, mail),
  });
  return { send, add, addOwn, list, find, deliveriesOf, reschedule, cancel, remove };

  async function send(principal: Principal, mail: Composition): Promise<SentRow> {
    await checkMaySend(principal, services);
    const mailbox = await mailboxes.readable(principal, mail.from);
    const recipients = recipientsOf(mail.to);
    if (/[\r\n\0]/.test(mail.subject + (mail.fromName ?? ''))) throw mailErrors.line_break();
    if (!mail.html && !mail.text) throw mailErrors.empty_mail();
    const { files = [], ...written } = mail;
    const given: NewSent = { ...written, sentBy: senderOf(principal), mailbox, kind: 'composed', recipients };
    if (files.length === 0) return db.transaction((trx) => addOwn(trx, principal, given));
    const uuid = randomUUID();
    const stored = await finished(uuid, given, files);
    return db.transaction(async (trx) => {
      const [blobId] = await blobs.insert(trx, [stored]);
      return addOwn(trx, principal, { ...given, uuid, blobId: blobId ?? null });
    });
  }

  async function addOwn(trx: Transaction, principal: Principal, given: NewSent): Promise<SentRow> {
    // It may be somebody else's by now, whose handover has canceled what was to leave later.
    const mailbox = await mailboxes.locked(trx, principal, { address: given.mailbox.address });
    return add(trx, { ...given, mailbox });
  }

  /** With files, the message is kept as it will leave. */
  async function finished(uuid: string, given: NewSent, files: readonly SentFile[]): Promise<StoredBytes> {
    const { mailbox, recipients, subject, text = '', html = '', fromName = null, headers = {} } = given;
    const written = {
      uuid,
      subject,
      text,
      html,
      from_addr: mailbox.address,
      from_name: fromName,
      recipients: recipients.join(','),
      headers: JSON.stringify(headers),
      created_at: clock.now(),
      scheduled_at: given.scheduledAt ?? null,
    };
    const writer = blobs.writer();
    await writer.write(await compose(written, files));
    return writer.finish();
  }

  function recipientsOf(to: string | readonly string[]): string[] {
    const all = typeof to === 'string' ? to.split(',') : to;
    const addresses = [...new Set(all.map((one) => one.trim()).filter(Boolean))];
    if (addresses.length === 0 || addresses.length > MAX_RECIPIENTS || !addresses.every(isMailAddress))
      throw mailErrors.bad_address();
    return addresses;
  }

  async function add(trx: Transaction, given: NewSent): Promise<SentRow> {
    const now = clock.now();
    const scheduledAt = given.scheduledAt && given.scheduledAt > now ? given.scheduledAt : null;
    const idempotencyKey = given.idempotencyKey ?? null;
    // Keys are unique for each sender, nulls are not: of two at once the second waits for the first and finds its row.
    const [sent] = await trx('mail_sent')
      .insert({
        uuid: given.uuid ?? randomUUID(),
        user_id: given.mailbox.user_id,
        tenant_id: given.mailbox.tenant_id,
        from_addr: given.mailbox.address,
        from_name: given.fromName ?? null,
        recipients: given.recipients.join(','),
        subject: given.subject,
        html: given.html ?? '',
        text: given.text ?? '',
        blob_id: given.blobId ?? null,
        kind: given.kind,
        status: statusOf(given, scheduledAt),
        idempotency_key: idempotencyKey,
        headers: JSON.stringify(given.headers ?? {}),
        sent_by: given.sentBy,
        scheduled_at: scheduledAt,
        created_at: now,
        updated_at: now,
      })
      .onConflict(['from_addr', 'idempotency_key'])
      .ignore()
      .returning('*');
    if (!sent) {
      const which = { from_addr: given.mailbox.address, idempotency_key: idempotencyKey };
      const earlier = idempotencyKey === null ? undefined : await trx('mail_sent').where(which).first();
      if (!earlier) throw new Error('The mail was not stored');
      return earlier;
    }
    await count(trx, sent, given);
    for (const recipient of given.recipients) await addDelivery(trx, sent, given, recipient);
    return sent;
  }

  /** Only what was stored just now: a repeat with the same key has been counted. */
  async function count(trx: Transaction, { tenant_id: tenantId }: SentRow, given: NewSent): Promise<void> {
    const { metering = 'exact', recipients } = given;
    const use = { tenantId, meter: MAILS_SENT, amount: recipients.length };
    if (metering === 'exact') await usage.consume(trx, use);
    if (metering === 'noted') db.afterCommit(trx, () => usage.note(use));
  }

  async function addDelivery(trx: Transaction, sent: SentRow, given: NewSent, recipient: string): Promise<void> {
    const isRefused = given.metering === 'refused';
    const [delivery] = await trx('mail_deliveries')
      .insert({
        sent_id: sent.id,
        recipient,
        domain: recipient.slice(recipient.lastIndexOf('@') + 1).toLowerCase(),
        envelope_from: given.envelopeFrom ?? '',
        status: isRefused ? 'failed' : 'queued',
        ...(isRefused && { answer: OVER_LIMIT }),
        updated_at: sent.created_at,
      })
      .returning('*');
    if (!delivery) throw new Error('The delivery was not stored');
    if (isRefused) {
      const data = { id: sent.uuid, from: sent.from_addr, to: recipient, subject: sent.subject, reason: OVER_LIMIT };
      await events.emit(trx, 'mail.bounced', data, { tenantId: sent.tenant_id, subject: sent.from_addr });
      await failureNotices.add(trx, { sent, delivery, answer: OVER_LIMIT, isRefused: false, header: null });
      return;
    }
    if (given.envelopeFrom === undefined) {
      const envelopeFrom = returnPaths.forDelivery(delivery.id, given.mailbox.domain);
      await trx('mail_deliveries').where({ id: delivery.id }).update({ envelope_from: envelopeFrom });
    }
    await enqueue(trx, sent, delivery, sent.scheduled_at ?? sent.created_at);
  }

  function enqueue(trx: Transaction, sent: SentRow, delivery: DeliveryRow, runAt: number): Promise<void> {
    const options = { ...jobOptions(sent, delivery), runAt, priority: delivering.priorityOf(delivery.domain) };
    return jobs.enqueue(trx, 'mail.deliver', { delivery_id: delivery.id }, options);
  }

  async function list(principal: Principal, from: string, { limit, offset }: { limit: number; offset: number }) {
    const { address, user_id, tenant_id } = await mailboxes.readable(principal, from);
    const query = db.read('mail_sent').where({ from_addr: address }).whereNot({ kind: 'forwarded' });
    // What an earlier owner of the address has sent is not the present one's.
    if (!isSuperadmin(principal)) query.where({ user_id, tenant_id });
    const total = await totalOf(query);
    const rows: SentRow[] = await query.select('*').orderBy('id', 'desc').limit(limit).offset(offset);
    return { rows, total };
  }

  async function find(principal: Principal, id: string): Promise<SentRow> {
    const query = db.read('mail_sent');
    if (/^\d{1,9}$/.test(id)) query.where({ id: Number(id) });
    else query.where({ uuid: id }).orWhere({ provider_id: id });
    const row = await query.first();
    if (!row || !(await mayRead(principal, row))) throw mailErrors.sent_not_found();
    return row;
  }

  async function mayRead(principal: Principal, row: SentRow): Promise<boolean> {
    if (isSuperadmin(principal)) return true;
    if (principal.kind === 'mailbox') {
      const mailbox = row.from_addr === principal.id ? await mailboxes.byAddress(principal.id) : null;
      return mailbox !== null && mailbox.user_id === row.user_id && mailbox.tenant_id === row.tenant_id;
    }
    if (row.user_id !== null && row.user_id === principal.userId) return true;
    return isMailAdmin(principal) && row.tenant_id !== null && row.tenant_id === principal.tenantId;
  }

  function deliveriesOf(id: number): Promise<DeliveryRow[]> {
    return db.read('mail_deliveries').where({ sent_id: id }).orderBy('id');
  }

  async function reschedule(principal: Principal, id: string, at: number): Promise<void> {
    await checkMaySend(principal, services);
    const row = await find(principal, id);
    await db.transaction(async (trx) => {
      const now = clock.now();
      const isLater = at > now;
      const patch: Partial<SentRow> = {
        status: isLater ? 'scheduled' : 'queued',
        scheduled_at: isLater ? at : null,
        updated_at: now,
      };
      const changed = await trx('mail_sent')
        .where({ id: row.id })
        .whereIn('status', [...SENT_MOVES.reschedule.from])
        .update(patch);
      if (changed === 0) throw mailErrors.sent_already();
      const waiting = trx('mail_deliveries')
        .where({ sent_id: row.id })
        .whereIn('status', [...DELIVERY_MOVES.defer.from]);
      for (const delivery of await waiting) await enqueue(trx, row, delivery, Math.max(at, now));
    });
  }

  async function cancel(principal: Principal, id: string): Promise<void> {
    const row = await find(principal, id);
    if (row.status === 'canceled') return;
    await db.transaction(async (trx) => {
      const now = clock.now();
      const changed = await trx('mail_sent')
        .where({ id: row.id })
        .whereIn('status', [...SENT_MOVES.cancel.from])
        .update({ status: 'canceled', updated_at: now });
      if (changed === 0) throw mailErrors.sent_already();
      const deliveries = await trx('mail_deliveries')
        .where({ sent_id: row.id })
        .whereIn('status', [...DELIVERY_MOVES.cancel.from])
        .update({ status: 'canceled', updated_at: now });
      await giveBackSent(services, trx, [{ ...row, deliveries }]);
    });
  }

  /** The record goes; what has not left yet is canceled with it. */
  async function remove(principal: Principal, id: string): Promise<void> {
    const row = await find(principal, id);
    await sentDeletion.remove([row.id]);
  }

  /** Keys of what was sent from mailboxes that are gone, or somebody else's, are nobody's any more. */
  async function deleteKeys(trx: Transaction, ended: readonly EndedMailbox[]): Promise<void> {
    const addresses = ended.map(({ address }) => address);
    await trx('mail_sent')
      .whereIn('from_addr', addresses)
      .whereNotNull('idempotency_key')
      .update({ idempotency_key: null });
  }
}

function statusOf({ metering }: NewSent, scheduledAt: number | null): SentRow['status'] {
  if (metering === 'refused') return 'failed';
  return scheduledAt === null ? 'queued' : 'scheduled';
}
