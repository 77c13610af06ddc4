/** Outgoing webhooks of mailboxes: who has them, and which are called for a mail. Table: mail_webhooks. */
import { randomBytes } from 'node:crypto';
import { createRemembered } from '#core/kit.ts';
import {
  type CloudEvent,
  coreErrors,
  type Database,
  type Precondition,
  type Principal,
  type Services,
  type Transaction,
} from '#core/plugin.ts';
import type { AuditLog } from '#plugins/auth/contract.ts';
import { mailErrors } from '../errors.ts';
import { NOBODYS } from '../lanes.ts';
import type { EndedMailbox, MailboxHandover } from '../mailboxes/handover.ts';
import type { Mailboxes } from '../mailboxes/mailboxes.ts';
import type { WebhookRecords } from './records.ts';
import type { WebhookRow } from './tables.ts';

export interface FoundWebhook {
  row: WebhookRow;
  /** Of its mailbox. */
  address: string;
}

export interface MailWebhooks {
  /** Gives the secret this once (`whsec_…`). Throws `mailbox_not_found`, `too_many_webhooks`. */
  create(principal: Principal, mailbox: string, url: string): Promise<FoundWebhook & { secret: string }>;
  /** Throws `not_found`, and what `unchanged` does. */
  remove(principal: Principal, id: number, unchanged: Precondition): Promise<void>;
  /** Its receiver wants no more. */
  removeGone(id: number): Promise<void>;
  /** One job for each webhook of the mailbox, in the transaction of the event. */
  enqueue(trx: Transaction, mailboxId: number, event: CloudEvent, messageId: number): Promise<void>;
  /** The same for webhooks by id; gives the ids of the records of their calls. Those that are gone are passed over. */
  enqueueFor(
    trx: Transaction,
    webhookIds: readonly number[],
    event: CloudEvent,
    messageId: number | null,
  ): Promise<number[]>;
}

const MAX_PER_MAILBOX = 10;
/** The webhooks of all mailboxes are remembered together. */
const ALL = '';

export function createMailWebhooks({
  auditLog,
  db,
  clock,
  jobs,
  mailboxes,
  mailboxHandover,
  notices,
  secrets,
  webhookRecords,
}: Services & {
  auditLog: AuditLog;
  mailboxes: Mailboxes;
  mailboxHandover: MailboxHandover;
  webhookRecords: WebhookRecords;
}): MailWebhooks {
  const byMailbox = createRemembered({ notices, topic: 'mail.webhooks', load: () => load(db.read) });

  mailboxHandover.register({ end: deleteOfMailboxes });

  return { create, remove, removeGone, enqueue, enqueueFor };

  async function create(principal: Principal, mailbox: string, url: string) {
    if (!/^https?:\/\//i.test(url) || !URL.canParse(url))
      throw coreErrors.bad_request({ message: 'url must be an http(s) address' });
    const secret = `whsec_${randomBytes(24).toString('base64')}`;
    const sealed = secrets.seal('mail.webhook', secret);
    return db.transaction(async (trx) => {
      const { id: mailbox_id, address, tenant_id } = await mailboxes.locked(trx, principal, { address: mailbox });
      const counted = await trx('mail_webhooks').where({ mailbox_id }).count({ total: '*' }).first();
      if (Number(counted?.total ?? 0) >= MAX_PER_MAILBOX) throw mailErrors.too_many_webhooks();
      const row = { mailbox_id, url, secret: sealed, created_at: clock.now() };
      const [made] = await trx('mail_webhooks').insert(row).returning('*');
      if (!made) throw new Error('The webhook was not stored');
      const about = { tenantId: tenant_id, targetType: 'webhook', targetId: String(made.id) };
      await auditLog.record({ action: 'webhook.created', actor: principal, ...about }, trx);
      await byMailbox.changed(trx);
      return { row: made, address, secret };
    });
  }

  async function remove(principal: Principal, id: number, unchanged: Precondition): Promise<void> {
    await db.transaction(async (trx) => {
      const row = await trx('mail_webhooks').where({ id }).first();
      const mailbox = row && (await trx('mail_mailboxes').where({ id: row.mailbox_id }).forUpdate().first());
      if (!mailbox || !mailboxes.mayRead(principal, mailbox)) throw coreErrors.not_found();
      unchanged(row);
      await trx('mail_webhooks').where({ id }).delete();
      const about = { tenantId: mailbox.tenant_id, targetType: 'webhook', targetId: String(id) };
      await auditLog.record({ action: 'webhook.deleted', actor: principal, ...about }, trx);
      await byMailbox.changed(trx);
    });
  }

  async function removeGone(id: number): Promise<void> {
    await db.transaction(async (trx) => {
      await trx('mail_webhooks').where({ id }).delete();
      await byMailbox.changed(trx);
    });
  }

  async function enqueue(trx: Transaction, mailboxId: number, event: CloudEvent, messageId: number): Promise<void> {
    await enqueueFor(trx, (await byMailbox.of(ALL, () => load(trx))).get(mailboxId) ?? [], event, messageId);
  }

  /** One tenant's jobs wait for each other, not for those of others. */
  async function enqueueFor(trx: Transaction, wanted: readonly number[], event: CloudEvent, messageId: number | null) {
    if (wanted.length === 0) return [];
    // Held, because somebody may be deleting one of them at this moment, here or in another process.
    const there = await trx('mail_webhooks').whereIn('id', wanted).orderBy('id').forKeyShare().select('id');
    const ids = there.map(({ id }) => id);
    const calls = await webhookRecords.begin(trx, ids, event, messageId);
    const lane = event.tenantid ?? NOBODYS;
    const payloadOf = (id: number, at: number) => ({ webhook_id: id, call_id: calls[at], event });
    await jobs.enqueueAll(
      trx,
      ids.map((id, at) => ({ name: 'mail.callWebhook', payload: payloadOf(id, at), lane })),
    );
    return calls;
  }

  async function load(connection: Database['read'] | Transaction): Promise<Map<number, number[]>> {
    const found = new Map<number, number[]>();
    for (const { id, mailbox_id } of await connection('mail_webhooks').select('id', 'mailbox_id').orderBy('id')) {
      found.set(mailbox_id, [...(found.get(mailbox_id) ?? []), id]);
    }
    return found;
  }

  /** With the calls that wait, which carry mail in their payloads. */
  async function deleteOfMailboxes(trx: Transaction, ended: readonly EndedMailbox[]): Promise<void> {
    const mailboxIds = ended.map(({ id }) => id);
    const gone = await trx('mail_webhooks').whereIn('mailbox_id', mailboxIds).select('id');
    if (gone.length === 0) return;
    await trx('mail_webhooks').whereIn('mailbox_id', mailboxIds).delete();
    for (const { id } of gone) {
      await trx('core_jobs')
        .where({ name: 'mail.callWebhook' })
        .whereNot({ state: 'running' })
        .whereRaw(`payload like ? escape '\\'`, [`{"webhook\\_id":${id},%`])
        .delete();
    }
    await byMailbox.changed(trx);
  }
}
