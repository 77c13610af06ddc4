/** Repeated and test calls of webhooks: once more what was sent, and one to try whether it arrives. Table: mail_webhook_calls. */
import { randomUUID } from 'node:crypto';
import { type CloudEvent, coreErrors, type Principal, type Services } from '#core/plugin.ts';
import type { Mailboxes } from '../mailboxes/mailboxes.ts';
import type { MailboxRow } from '../mailboxes/tables.ts';
import type { WebhookCalls } from './calls.ts';
import type { WebhookRecords } from './records.ts';
import type { WebhookCallRow, WebhookRow } from './tables.ts';
import type { MailWebhooks } from './webhooks.ts';

export interface WebhookAgain {
  /** Throws `not_found`, also for a webhook of a mailbox that the principal may not read. */
  webhook(principal: Principal, id: number): Promise<{ row: WebhookRow; mailbox: MailboxRow }>;
  /** Throws `not_found`. */
  call(principal: Principal, id: number): Promise<WebhookCallRow>;
  /** The same event with the same id, so that a receiver may know it; gives the new call. Throws `not_found`. */
  again(principal: Principal, id: number): Promise<WebhookCallRow>;
  /** An event of its own type, `webhook.test`, sent before this ends; gives the call with its answer. Throws `not_found`. */
  test(principal: Principal, webhookId: number): Promise<WebhookCallRow>;
}

export function createWebhookAgain(
  services: Services & {
    mailboxes: Mailboxes;
    mailWebhooks: MailWebhooks;
    webhookCalls: WebhookCalls;
    webhookRecords: WebhookRecords;
  },
): WebhookAgain {
  const { db, clock, mailboxes, mailWebhooks, webhookCalls, webhookRecords } = services;

  return { webhook, call, again, test };

  async function webhook(principal: Principal, id: number) {
    const row = await db.read('mail_webhooks').where({ id }).first();
    const mailbox = row && (await db.read('mail_mailboxes').where({ id: row.mailbox_id }).first());
    if (!row || !mailbox || !mailboxes.mayRead(principal, mailbox)) throw coreErrors.not_found();
    return { row, mailbox };
  }

  async function call(principal: Principal, id: number): Promise<WebhookCallRow> {
    const row = await db.read('mail_webhook_calls').where({ id }).first();
    if (!row) throw coreErrors.not_found();
    await webhook(principal, row.webhook_id);
    return row;
  }

  async function again(principal: Principal, id: number): Promise<WebhookCallRow> {
    const { webhook_id, event, message_id } = await call(principal, id);
    return send(webhook_id, JSON.parse(event), message_id);
  }

  async function test(principal: Principal, webhookId: number): Promise<WebhookCallRow> {
    const { row, mailbox } = await webhook(principal, webhookId);
    const event: CloudEvent = {
      specversion: '1.0',
      id: randomUUID(),
      source: 'patchbay/mail',
      type: 'webhook.test',
      time: new Date(clock.now()).toISOString(),
      subject: mailbox.address,
      ...(mailbox.tenant_id !== null && { tenantid: mailbox.tenant_id }),
      datacontenttype: 'application/json',
      data: { mailbox: mailbox.address },
    };
    const call_id = await db.transaction((trx) => webhookRecords.beginTest(trx, row.id, event));
    if (call_id === undefined) throw coreErrors.not_found();
    await webhookCalls.tryNow({ webhook_id: row.id, call_id, event });
    return call(principal, call_id);
  }

  async function send(webhookId: number, event: CloudEvent, messageId: number | null): Promise<WebhookCallRow> {
    return db.transaction(async (trx) => {
      // Held, so that what is deleted at this moment is not sent afterwards.
      const isThere =
        messageId === null || (await trx('mail_messages').where({ id: messageId }).forKeyShare().first('id'));
      const [id] = isThere ? await mailWebhooks.enqueueFor(trx, [webhookId], event, messageId) : [];
      const made = id === undefined ? undefined : await trx('mail_webhook_calls').where({ id }).first();
      if (!made) throw coreErrors.not_found();
      return made;
    });
  }
}
