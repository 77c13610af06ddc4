/** Outgoing webhooks of mailboxes, signed as Standard Webhooks ask. Table: mail_webhooks. */
import { randomBytes } from 'node:crypto';
import type { Transaction } from '#core/database/database.ts';
import { coreErrors } from '#core/errors.ts';
import type { Principal } from '#core/http/principal.ts';
import type { CloudEvent, Services } from '#core/plugin.ts';
import { mailErrors } from '../errors.ts';

export interface WebhookView {
  id: number;
  mailbox: string;
  url: string;
  created_at: number;
}

export interface MailWebhooks {
  list(principal: Principal, mailbox: string): Promise<WebhookView[]>;
  /** Gives the secret this once (`whsec_…`). Throws `mailbox_not_found`, `too_many_webhooks`. */
  create(principal: Principal, mailbox: string, url: string): Promise<WebhookView & { secret: string }>;
  remove(principal: Principal, id: number): Promise<void>;
  /** One job for each webhook of the mailbox, in the transaction of the event. */
  enqueue(trx: Transaction, mailboxId: number, event: CloudEvent): Promise<void>;
  /** One try. Throws when the receiver did not take it, so that the job tries again. */
  deliver(webhookId: number, event: unknown): Promise<void>;
}

const MAX_PER_MAILBOX = 10;
const TIMEOUT_MS = 10_000;
/** How long it is believed that there is no webhook at all, where other replicas may make one. */
const RECHECK_MS = 5_000;

export function createMailWebhooks({ db, clock, jobs, mailboxes, outbound, secrets }: Services): MailWebhooks {
  let byMailbox: Map<number, number[]> | null = null;
  let loadedAt = 0;

  return { list, create, remove, enqueue, deliver };

  async function list(principal: Principal, mailbox: string): Promise<WebhookView[]> {
    const { id, address } = await mailboxes.readable(principal, mailbox);
    const rows = await db.read('mail_webhooks').where({ mailbox_id: id }).orderBy('id');
    return rows.map((row) => ({ id: row.id, mailbox: address, url: row.url, created_at: row.created_at }));
  }

  async function create(principal: Principal, mailbox: string, url: string) {
    const { id: mailboxId, address } = await mailboxes.readable(principal, mailbox);
    if (!/^https?:\/\//i.test(url) || !URL.canParse(url))
      throw coreErrors.bad_request({ message: 'url must be an http(s) address' });
    const counted = await db.read('mail_webhooks').where({ mailbox_id: mailboxId }).count({ total: '*' }).first();
    if (Number(counted?.total ?? 0) >= MAX_PER_MAILBOX) throw mailErrors.too_many_webhooks();
    const secret = `whsec_${randomBytes(24).toString('base64')}`;
    const sealed = secrets.seal('mail.webhook', secret);
    const row = { mailbox_id: mailboxId, url, secret: sealed, created_at: clock.now() };
    const [made] = await db.write('mail_webhooks').insert(row).returning('*');
    byMailbox = null;
    if (!made) throw new Error('The webhook was not stored');
    return { id: made.id, mailbox: address, url, created_at: made.created_at, secret };
  }

  async function remove(principal: Principal, id: number): Promise<void> {
    const row = await db
      .read('mail_webhooks')
      .join('mail_mailboxes', 'mail_mailboxes.id', 'mail_webhooks.mailbox_id')
      .where('mail_webhooks.id', id)
      .first('mail_mailboxes.*');
    if (!row || !mailboxes.mayRead(principal, row)) throw coreErrors.not_found();
    await db.write('mail_webhooks').where({ id }).delete();
    byMailbox = null;
  }

  async function enqueue(trx: Transaction, mailboxId: number, event: CloudEvent): Promise<void> {
    const ids = (await current(trx)).get(mailboxId) ?? [];
    for (const id of ids) await jobs.enqueue(trx, 'mail.callWebhook', { webhook_id: id, event });
  }

  async function current(trx: Transaction): Promise<Map<number, number[]>> {
    const isStale = !db.soleWriter && clock.now() - loadedAt > RECHECK_MS;
    if (byMailbox && !isStale) return byMailbox;
    const found = new Map<number, number[]>();
    for (const { id, mailbox_id } of await trx('mail_webhooks').select('id', 'mailbox_id')) {
      found.set(mailbox_id, [...(found.get(mailbox_id) ?? []), id]);
    }
    byMailbox = found;
    loadedAt = clock.now();
    return found;
  }

  async function deliver(webhookId: number, event: unknown): Promise<void> {
    const row = await db.read('mail_webhooks').where({ id: webhookId }).first();
    if (!row) return;
    const { Webhook } = await import('standardwebhooks');
    const id = typeof event === 'object' && event !== null && 'id' in event ? String(event.id) : String(webhookId);
    const body = JSON.stringify(event);
    const at = new Date(clock.now());
    const signature = new Webhook(secrets.open('mail.webhook', row.secret).toString()).sign(id, at, body);
    const answer = await outbound.request(row.url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'webhook-id': id,
        'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
        'webhook-signature': signature,
      },
      body,
      timeoutMs: TIMEOUT_MS,
      redirects: 0,
    });
    // 410 Gone: the receiver wants no more (Standard Webhooks, "Webhook consumer").
    if (answer.status === 410) await db.write('mail_webhooks').where({ id: webhookId }).delete();
    else if (answer.status >= 300) throw new Error(`The webhook answered ${answer.status}`);
  }
}
