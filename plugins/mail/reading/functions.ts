/** What reading offers to workflows and AI agents. */
import Type from 'typebox';
import { defineFunction } from '#core/plugin.ts';
import { mailErrors } from '../errors.ts';
import { OWN_MAILBOXES } from '../shapes.ts';
import { FoundMailView } from './routes/waiting.ts';
import type { ReadingScope } from './services.ts';

// As their routes: for people and keys; what is theirs is asked of each mailbox. Without a tenant: of the platform.
const read = { scope: 'mail:read', tenant: false } as const;
const ADDRESS = { minLength: 3, maxLength: 320 };
const Address = Type.String(ADDRESS);
const Filter = {
  mailbox: Type.String({ ...ADDRESS, ...OWN_MAILBOXES }),
  from: Type.Optional(Type.String({ description: 'Part of the sender' })),
  subject: Type.Optional(Type.String({ description: 'Part of the subject' })),
  since: Type.Optional(Type.Integer({ description: 'Only mail from then on (ms since the epoch)' })),
};

export const readingFunctions = [
  defineFunction({
    name: 'mail.read',
    summary: 'Gives a mail as text, without marking it as read',
    access: read,
    binds: { mailbox: { field: 'mailbox' } },
    input: Type.Object({
      message_id: Type.Integer(),
      mailbox: Type.Optional(Type.String({ maxLength: 320, description: 'Only when it lies in this mailbox' })),
    }),
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
    async run({ message_id, mailbox: wanted }, { principal }, scope: ReadingScope) {
      const { automaticAnswers, mailReading, mailboxes } = scope;
      const message = await mailReading.peek(principal, message_id);
      const { id, mailbox_id, sender, to_addrs, subject, text, received_at } = message;
      const mailbox = await mailboxes.byId(mailbox_id);
      if (!mailbox) throw mailErrors.mailbox_not_found();
      if (wanted !== undefined && wanted.toLowerCase() !== mailbox.address) throw mailErrors.message_not_found();
      const { isAutomatic: is_automatic } = await automaticAnswers.about(message);
      return { id, mailbox: mailbox.address, from: sender, to: to_addrs, subject, text, received_at, is_automatic };
    },
  }),
  defineFunction({
    name: 'mail.find',
    summary: 'Finds mail in a mailbox, newest first',
    access: read,
    binds: { mailbox: { field: 'mailbox' } },
    input: Type.Object({ ...Filter, limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 50 })) }),
    output: Type.Object({ items: Type.Array(FoundMailView) }),
    async run({ limit = 10, ...filter }, { principal }, { mailWaiting }: ReadingScope) {
      return { items: await mailWaiting.find(principal, filter, limit) };
    },
  }),
  defineFunction({
    name: 'mail.waitFor',
    summary: 'Waits for a mail that matches, and gives its code, links and text; null when none came',
    access: read,
    binds: { mailbox: { field: 'mailbox' } },
    input: Type.Object({ ...Filter, timeout_seconds: Type.Optional(Type.Integer({ minimum: 0, maximum: 600 })) }),
    output: Type.Object({ mail: Type.Union([FoundMailView, Type.Null()]) }),
    async run({ timeout_seconds = 60, ...filter }, { principal, signal }, { mailWaiting }: ReadingScope) {
      return { mail: await mailWaiting.waitFor(principal, filter, timeout_seconds * 1000, signal) };
    },
  }),
];
