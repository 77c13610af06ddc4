/** Webhooks and their calls as our own API shows them, with the version that `If-Match` takes. */

import Type, { type Static } from 'typebox';
import { isoTime } from '#core/kit.ts';
import { type Services, versionOf } from '#core/plugin.ts';
import { Time, TimeOrNull } from '../shapes.ts';
import { CALL_STATES, type CallState } from './states.ts';
import type { WebhookCallRow, WebhookRow } from './tables.ts';

export const WebhookCallView = Type.Object({
  id: Type.Integer(),
  webhook_id: Type.Integer(),
  event_id: Type.String({ description: '`webhook-id` of the request; the same when it is sent again' }),
  event_type: Type.String(),
  message_id: Type.Union([Type.Integer(), Type.Null()]),
  state: Type.Enum([...CALL_STATES], { description: '`waiting`: it is tried (again)' }),
  tries: Type.Integer(),
  status: Type.Union([Type.Integer(), Type.Null()], { description: 'What was answered last' }),
  failure: Type.Union([Type.String(), Type.Null()], { description: 'Why nothing was: `timeout`, `network` …' }),
  created_at: Time,
  tried_at: TimeOrNull,
  next_try_at: TimeOrNull,
});

export const WebhookView = Type.Object({
  id: Type.Integer(),
  mailbox: Type.String(),
  url: Type.String(),
  created_at: Time,
  last_call: Type.Union([WebhookCallView, Type.Null()], { description: 'The newest of the last seven days' }),
  version: Type.String({ description: 'For `If-Match`' }),
});

export interface ShownWebhook {
  row: WebhookRow;
  /** Address of its mailbox. */
  mailbox: string;
}

export async function webhookViews(services: Services, shown: readonly ShownWebhook[]) {
  const newest = await newestCalls(
    services,
    shown.map(({ row }) => row.id),
  );
  return shown.map(({ row, mailbox }): Static<typeof WebhookView> => {
    const last = newest.get(row.id);
    const { id, url, created_at } = row;
    const last_call = last ? callView(last) : null;
    return { id, mailbox, url, created_at: isoTime(created_at), last_call, version: versionOf(row) };
  });
}

async function newestCalls(services: Services, webhookIds: number[]): Promise<Map<number, ListedCall>> {
  const newest = services.db
    .read('mail_webhook_calls')
    .whereIn('webhook_id', webhookIds)
    .groupBy('webhook_id')
    .max('id');
  const rows: ListedCall[] = await listedCalls(services).whereIn('mail_webhook_calls.id', newest);
  return new Map(rows.map((row) => [row.webhook_id, row]));
}

export type ListedCall = WebhookCallRow & { run_at?: number | null; shown_state?: CallState };

/** A job that is dead tries no more, though its last try may have ended with its process and said nothing. */
export const CALL_STATE = `case when mail_webhook_calls.state = 'waiting' and jobs.state = 'dead' then 'failed' else mail_webhook_calls.state end`;

/** Calls with what their jobs know of them. */
export function listedCalls({ db }: Services) {
  return db
    .read('mail_webhook_calls')
    .leftJoin('core_jobs as jobs', 'jobs.id', 'mail_webhook_calls.job_id')
    .select('mail_webhook_calls.*', 'jobs.run_at', db.read.raw(`${CALL_STATE} as shown_state`));
}

export function callView(row: ListedCall): Static<typeof WebhookCallView> {
  const { webhook_id, event_id, event_type, tries, status, failure, shown_state: state = row.state } = row;
  // Between tries the job knows the time.
  const next = state === 'waiting' ? (row.next_try_at ?? row.run_at ?? null) : null;
  return {
    id: Number(row.id),
    webhook_id,
    event_id,
    event_type,
    state,
    tries,
    status,
    failure,
    message_id: row.message_id === null ? null : Number(row.message_id),
    created_at: isoTime(Number(row.created_at)),
    tried_at: row.tried_at === null ? null : isoTime(Number(row.tried_at)),
    next_try_at: next === null ? null : isoTime(Number(next)),
  };
}
