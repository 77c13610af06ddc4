/** Payloads of mail's events, and who may see them: who could read the mailbox or the mail itself. */
import Type from 'typebox';
import { isAppError } from '#core/kit.ts';
import type { CloudEvent, Principal } from '#core/plugin.ts';
import type { MailboxEvent, MailReceived, SentEvent, WebhookCalled } from './contract.ts';
import { ACCOUNTS } from './routes/shared.ts';
import type { MailScope } from './scope.ts';
import { isMailAdmin } from './services/legacy-roles.ts';

export const MailReceivedSchema = Type.Object({
  message_id: Type.Integer(),
  mailbox: Type.String(),
  from: Type.String(),
  to: Type.String(),
  subject: Type.String(),
  received_at: Type.Integer(),
  verification_code: Type.String(),
  size_bytes: Type.Integer(),
  is_automatic: Type.Boolean({
    description: 'A bounce, an answer of a program, or mail of a list: it is to get no automatic answer (RFC 3834)',
  }),
});

export const SentSchema = Type.Object({
  id: Type.String(),
  from: Type.String(),
  to: Type.String(),
  subject: Type.String(),
  reason: Type.Optional(Type.String({ description: 'Why it bounced' })),
});

export const WebhookCalledSchema = Type.Object({
  mailbox: Type.String(),
  webhook_id: Type.Integer(),
  call_id: Type.Integer(),
  state: Type.Enum(['waiting', 'delivered', 'failed']),
});

export const MailboxSchema = Type.Object({ mailbox_id: Type.Integer(), address: Type.String() });

const scope = 'mail:read';

/** Who may read the mailbox may follow it. */
const mayFollow = (address: string, principal: Principal, { mailboxes }: MailScope) =>
  isFound(() => mailboxes.readable(principal, address));

const ofMessage = {
  scope,
  kinds: ['user', 'apiKey', 'root', 'mailbox'] as const,
  mayFollow,
  isFor: ({ data }: CloudEvent<MailReceived>, principal: Principal, { mailWaiting }: MailScope) =>
    mailWaiting.mayRead(principal, data.message_id),
};

const ofSent = {
  scope,
  isFor: ({ data }: CloudEvent<SentEvent>, principal: Principal, { outbox }: MailScope) =>
    isFound(() => outbox.find(principal, data.id)),
};

const ofMailbox = {
  scope,
  mayFollow,
  isFor: ({ data }: CloudEvent<MailboxEvent>, principal: Principal, { mailboxes }: MailScope) =>
    isFound(() => mailboxes.readable(principal, data.address)),
};

/** As the list of its calls. */
const ofWebhook = {
  scope: 'mail:manage',
  kinds: ACCOUNTS,
  mayFollow,
  isFor: ({ data }: CloudEvent<WebhookCalled>, principal: Principal, { mailboxes }: MailScope) =>
    isFound(() => mailboxes.readable(principal, data.mailbox)),
};

/** Whose it was cannot be asked any more: administrators saw it. */
const ofGoneMailbox = { scope, isFor: (_event: unknown, principal: Principal) => isMailAdmin(principal) };

export const MAIL_EVENT_ACCESS = {
  'mail.received': ofMessage,
  'mail.sent': ofSent,
  'mail.forwarded': ofSent,
  'mail.bounced': ofSent,
  'webhook.called': ofWebhook,
  'mailbox.created': ofMailbox,
  'mailbox.expired': ofGoneMailbox,
};

async function isFound(look: () => Promise<unknown>): Promise<boolean> {
  try {
    await look();
    return true;
  } catch (error) {
    if (isAppError(error)) return false;
    throw error;
  }
}
