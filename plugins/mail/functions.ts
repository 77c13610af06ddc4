/** Steps that mail offers to workflows and AI agents. */
import Type from 'typebox';
import { defineFunction } from '#core/plugin.ts';
import { mailErrors } from './errors.ts';
import { FoundMailView } from './routes/waiting.ts';
import type { MailScope } from './scope.ts';

// As their routes: for people and keys; what is theirs is asked of each mailbox. Without a tenant: of the platform.
const send = { scope: 'mail:send', tenant: false } as const;
/** What is answered or forwarded is opened for it. */
const sendOn = { ...send, also: ['mail:read'] } as const;
const manage = { scope: 'mail:manage', tenant: false } as const;
const read = { scope: 'mail:read', tenant: false } as const;
const Address = Type.String({ minLength: 3, maxLength: 320, description: 'A mail address' });
const Automatic = Type.Optional(
  Type.Boolean({
    description:
      'Default true: marked as automatic (RFC 3834). False for what a person wrote or approved: it is an ordinary mail',
  }),
);
const Sent = Type.Object({ id: Type.String() });
const Filter = {
  mailbox: Address,
  from: Type.Optional(Type.String({ description: 'Part of the sender' })),
  subject: Type.Optional(Type.String({ description: 'Part of the subject' })),
  since: Type.Optional(Type.Integer({ description: 'Only mail from then on (ms since the epoch)' })),
};

export const mailFunctions = [
  defineFunction({
    name: 'mail.send',
    summary: 'Sends a mail from one of your mailboxes',
    access: send,
    input: Type.Object({
      from: Address,
      to: Type.Union([Address, Type.Array(Address, { minItems: 1, maxItems: 50 })]),
      subject: Type.String({ maxLength: 998 }),
      text: Type.Optional(Type.String()),
      html: Type.Optional(Type.String()),
      automatic: Automatic,
    }),
    output: Sent,
    async run(
      { automatic: isAutomatic = true, ...input },
      { principal, idempotencyKey },
      { automaticAnswers }: MailScope,
    ) {
      const { uuid } = await automaticAnswers.send(principal, { ...input, isAutomatic, idempotencyKey });
      return { id: uuid };
    },
  }),
  defineFunction({
    name: 'mail.reply',
    summary: 'Answers a mail, in its thread; bounces, automatic mail and lists get no automatic answer',
    access: sendOn,
    input: Type.Object({
      message_id: Type.Integer(),
      text: Type.Optional(Type.String()),
      html: Type.Optional(Type.String()),
      automatic: Automatic,
    }),
    output: Sent,
    async run(
      { message_id, automatic: isAutomatic = true, ...content },
      { principal, idempotencyKey },
      { mailReading, automaticAnswers }: MailScope,
    ) {
      const message = await mailReading.open(principal, message_id);
      const { uuid } = await automaticAnswers.reply(principal, message, { ...content, isAutomatic, idempotencyKey });
      return { id: uuid };
    },
  }),
  defineFunction({
    name: 'mail.forward',
    summary: 'Forwards a mail as it came',
    access: sendOn,
    input: Type.Object({ message_id: Type.Integer(), to: Address }),
    output: Sent,
    async run({ message_id, to }, { principal, idempotencyKey }, { mailReading, mailForwarding }: MailScope) {
      const message = await mailReading.open(principal, message_id);
      return { id: await mailForwarding.forwardNow(principal, message, to, idempotencyKey) };
    },
  }),
  defineFunction({
    name: 'mail.createMailbox',
    summary: 'Makes a mailbox, with a random name unless one is given',
    access: manage,
    input: Type.Object({
      local: Type.Optional(Type.String({ minLength: 1, maxLength: 64 })),
      domain_index: Type.Optional(Type.Integer({ minimum: 0 })),
    }),
    output: Type.Object({ address: Type.String(), expires_at: Type.Union([Type.Integer(), Type.Null()]) }),
    async run(
      { local, domain_index: domainIndex = 0 },
      { principal, idempotencyKey },
      { secrets, mailboxSettings }: MailScope,
    ) {
      // A repeat of the call gets the same name, and so the same mailbox.
      const name =
        local ??
        secrets
          .sign('mail.mailbox-name', `${principal.id} ${idempotencyKey}`)
          .replace(/[^a-zA-Z0-9]/g, '')
          .slice(0, 10)
          .toLowerCase();
      const row = await mailboxSettings.create(principal, { local: name, domainIndex });
      return { address: row.address, expires_at: row.expires_at };
    },
  }),
  defineFunction({
    name: 'mail.read',
    summary: 'Gives a mail as text, without marking it as read',
    access: read,
    input: Type.Object({ message_id: Type.Integer() }),
    output: Type.Object({
      id: Type.Integer(),
      mailbox: Address,
      from: Type.String(),
      to: Type.String(),
      subject: Type.String(),
      text: Type.String(),
      received_at: Type.Integer({ description: 'Ms since the epoch' }),
      is_automatic: Type.Boolean({ description: 'A bounce, an answer of a program, or mail of a list' }),
    }),
    async run({ message_id }, { principal }, { automaticAnswers, mailReading, mailboxes }: MailScope) {
      const message = await mailReading.peek(principal, message_id);
      const { id, mailbox_id, sender, to_addrs, subject, text, received_at } = message;
      const mailbox = await mailboxes.byId(mailbox_id);
      if (!mailbox) throw mailErrors.mailbox_not_found();
      const { isAutomatic: is_automatic } = await automaticAnswers.about(message);
      return { id, mailbox: mailbox.address, from: sender, to: to_addrs, subject, text, received_at, is_automatic };
    },
  }),
  defineFunction({
    name: 'mail.find',
    summary: 'Finds mail in a mailbox, newest first',
    access: read,
    input: Type.Object({ ...Filter, limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 50 })) }),
    output: Type.Object({ items: Type.Array(FoundMailView) }),
    async run({ limit = 10, ...filter }, { principal }, { mailWaiting }: MailScope) {
      return { items: await mailWaiting.find(principal, filter, limit) };
    },
  }),
  defineFunction({
    name: 'mail.waitFor',
    summary: 'Waits for a mail that matches, and gives its code, links and text; null when none came',
    access: read,
    input: Type.Object({ ...Filter, timeout_seconds: Type.Optional(Type.Integer({ minimum: 0, maximum: 600 })) }),
    output: Type.Object({ mail: Type.Union([FoundMailView, Type.Null()]) }),
    async run({ timeout_seconds = 60, ...filter }, { principal, signal }, { mailWaiting }: MailScope) {
      return { mail: await mailWaiting.waitFor(principal, filter, timeout_seconds * 1000, signal) };
    },
  }),
];
