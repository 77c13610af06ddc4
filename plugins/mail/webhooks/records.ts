/**
 * Records of calls: what was sent to webhooks and how they answered: a record for each call, kept for a while. The bodies of answers are not:
 * who sets up a webhook may name any address, and must read nothing through this server. Table: mail_webhook_calls.
 */
import { DAY_MS, deleteBelow, inSteps, OutboundError } from '#core/kit.ts';
import type { CloudEvent, Services, Transaction } from '#core/plugin.ts';
import { CALL_MOVES, type CallState } from './states.ts';

/** How one try ended: with a status, or without an answer. */
export interface Tried {
  /** Null when nothing was answered. */
  status: number | null;
  /** Why not: a code of outgoing requests, `suspended`, `failed`. */
  failure: string | null;
  state: CallState;
  /** Null when it was no job's. */
  jobId: number | null;
}

export interface WebhookRecords {
  /** A record for each webhook that an event goes to; gives them in the same order. */
  begin(
    trx: Transaction,
    webhookIds: readonly number[],
    event: CloudEvent,
    messageId: number | null,
  ): Promise<number[]>;
  /** A record of a test, for which there is no job: it has failed until its only try has ended, also when the process ends before. */
  beginTest(trx: Transaction, webhookId: number, event: CloudEvent): Promise<number | undefined>;
  tried(id: number, tried: Tried): Promise<void>;
  /** Its host is busy or away: it is tried at this time. */
  putOff(trx: Transaction, id: number, at: number): Promise<void>;
  /** Those that are old, and of each webhook those above the newest. */
  deleteOld(): Promise<void>;
}

const KEPT_MS = 7 * DAY_MS;
const MOST_OF_WEBHOOK = 500;

export function createWebhookRecords({ db, clock, events }: Services): WebhookRecords {
  return { begin, beginTest, tried, putOff, deleteOld };

  async function begin(
    ...[trx, webhookIds, event, message_id]: Parameters<WebhookRecords['begin']>
  ): Promise<number[]> {
    if (webhookIds.length === 0) return [];
    const text = JSON.stringify(event);
    const rows = webhookIds.map((webhook_id) => ({
      ...recordOf(webhook_id, event, text),
      message_id,
      state: 'waiting' as const,
      next_try_at: clock.now(),
    }));
    const made = await trx('mail_webhook_calls').insert(rows).returning(['id', 'webhook_id']);
    const ids = new Map(made.map(({ id, webhook_id }) => [webhook_id, Number(id)]));
    return webhookIds.map((id) => ids.get(id) ?? 0);
  }

  async function beginTest(trx: Transaction, webhookId: number, event: CloudEvent): Promise<number | undefined> {
    const row = { ...recordOf(webhookId, event, JSON.stringify(event)), message_id: null, next_try_at: null };
    const [made] = await trx('mail_webhook_calls')
      .insert({ ...row, state: 'failed', failure: 'interrupted' })
      .returning('id');
    return made && Number(made.id);
  }

  function recordOf(webhook_id: number, { id: event_id, type: event_type }: CloudEvent, event: string) {
    return { webhook_id, event_id, event_type, event, tries: 0, created_at: clock.now() };
  }

  async function tried(id: number, { status, failure, state, jobId }: Tried): Promise<void> {
    await db.transaction(async (trx) => {
      const next = { next_try_at: null, tried_at: clock.now(), job_id: jobId, tries: trx.raw('tries + 1') };
      const changed = await trx('mail_webhook_calls')
        .where({ id })
        .whereIn('state', [...CALL_MOVES.try.from])
        .update({ status, failure, state, ...next })
        .returning(['webhook_id']);
      const [row] = changed;
      // Its webhook or its mail has gone meanwhile, or it has arrived.
      if (!row) return;
      const mailbox = await trx('mail_mailboxes')
        .join('mail_webhooks', 'mail_webhooks.mailbox_id', 'mail_mailboxes.id')
        .where('mail_webhooks.id', row.webhook_id)
        .first('address', 'tenant_id');
      if (!mailbox) return;
      const about = { tenantId: mailbox.tenant_id, subject: mailbox.address };
      const data = { mailbox: mailbox.address, webhook_id: row.webhook_id, call_id: id, state };
      await events.emit(trx, 'webhook.called', data, about);
    });
  }

  async function putOff(trx: Transaction, id: number, at: number): Promise<void> {
    const waiting = trx('mail_webhook_calls')
      .where({ id })
      .whereIn('state', [...CALL_MOVES.putOff.from]);
    await waiting.update({ next_try_at: at, job_id: null });
  }

  /** In steps: a mailbox that gets much has hundreds of thousands in an hour, and mail that comes in waits for who writes. */
  async function deleteOld(): Promise<void> {
    await deleteBelow(db, 'mail_webhook_calls', 'created_at', clock.now() - KEPT_MS);
    const full = await db
      .read('mail_webhook_calls')
      .groupBy('webhook_id')
      .havingRaw('count(*) > ?', [MOST_OF_WEBHOOK])
      .select('webhook_id');
    for (const { webhook_id } of full) await deleteSurplus(webhook_id);
  }

  async function deleteSurplus(webhook_id: number): Promise<void> {
    const newestFirst = db.read('mail_webhook_calls').where({ webhook_id }).orderBy('id', 'desc');
    const oldest = await newestFirst.offset(MOST_OF_WEBHOOK - 1).first('id');
    if (!oldest) return;
    await inSteps((limit) => {
      const older = db.write('mail_webhook_calls').where({ webhook_id }).where('id', '<', oldest.id);
      return db.write('mail_webhook_calls').whereIn('id', older.limit(limit).select('id')).delete();
    });
  }
}

/** Why nothing was answered, as a code: sentences of the network would tell what there is behind this server. */
export function failureOf(error: unknown): string {
  return error instanceof OutboundError ? error.code : 'failed';
}
