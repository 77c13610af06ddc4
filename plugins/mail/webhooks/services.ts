/** How the services of webhooks are made. */
import type { ServicesOf } from '#core/plugin.ts';
import type { MailboxesOwn } from '../mailboxes/services.ts';
import type { MailGround } from '../services.ts';
import { createWebhookCalls } from './calls.ts';
import { createWebhookRecords } from './records.ts';
import { createWebhookAgain } from './repeated-calls.ts';
import { createMailWebhooks } from './webhooks.ts';

export const webhookServices = {
  mailWebhooks: createMailWebhooks,
  webhookAgain: createWebhookAgain,
  webhookCalls: createWebhookCalls,
  webhookRecords: createWebhookRecords,
};

export interface WebhooksOwn extends ServicesOf<typeof webhookServices> {}

/** What this part sees. */
export interface WebhooksScope extends MailGround, MailboxesOwn, WebhooksOwn {}
