/** Rows of webhooks and of their calls. */
import type { CallState } from './states.ts';

export interface WebhookRow {
  id: number;
  mailbox_id: number;
  url: string;
  /** Sealed for purpose `mail.webhook`. */
  secret: string;
  created_at: number;
}

/** One event to one webhook, with its tries. */
export interface WebhookCallRow {
  id: number;
  webhook_id: number;
  /** Of the mail that it tells of; null for a test. */
  message_id: number | null;
  event_id: string;
  event_type: string;
  /** JSON: the CloudEvent that is sent. */
  event: string;
  state: CallState;
  tries: number;
  /** Of the last answer. */
  status: number | null;
  /** Why there was none. */
  failure: string | null;
  /** The job of the last try: it knows when the next one is. */
  job_id: number | null;
  /** Where no job has tried it yet. */
  next_try_at: number | null;
  tried_at: number | null;
  created_at: number;
}

declare global {
  namespace Patchbay {
    interface Tables {
      mail_webhooks: WebhookRow;
      mail_webhook_calls: WebhookCallRow;
    }
  }
}
