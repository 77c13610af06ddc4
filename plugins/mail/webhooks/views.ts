/** Webhooks as our own API shows them, with the version that `If-Match` takes. */
import Type, { type Static } from 'typebox';
import { versionOf } from '#core/plugin.ts';
import { isoTime, Time } from '../shapes.ts';
import type { WebhookRow } from './tables.ts';

export const WebhookView = Type.Object({
  id: Type.Integer(),
  mailbox: Type.String(),
  url: Type.String(),
  created_at: Time,
  version: Type.String({ description: 'For `If-Match`' }),
});

export function webhookView(row: WebhookRow, mailbox: string): Static<typeof WebhookView> {
  const { id, url, created_at } = row;
  return { id, mailbox, url, created_at: isoTime(created_at), version: versionOf(row) };
}
