/** What sending offers to workflows and AI agents. */
import Type from 'typebox';
import { defineFunction } from '#core/plugin.ts';
import { OWN_MAILBOXES } from '../shapes.ts';
import type { SendingScope } from './services.ts';

// As their routes: for people and keys; what is theirs is asked of each mailbox. Without a tenant: of the platform.
const send = { scope: 'mail:send', tenant: false } as const;
/** What is answered or forwarded is opened for it. */
const sendOn = { ...send, also: ['mail:read'] } as const;
const ADDRESS = { minLength: 3, maxLength: 320 };
const Address = Type.String(ADDRESS);
const Automatic = Type.Optional(
  Type.Boolean({
    default: true,
    description:
      'Marked as sent by a program (RFC 3834), so that no other program answers it. Off for what a person wrote or approved',
  }),
);
const Sent = Type.Object({ id: Type.String() });

export const sendingFunctions = [
  defineFunction({
    name: 'mail.send',
    summary: 'Sends a mail from one of your mailboxes',
    access: send,
    input: Type.Object({
      from: Type.String({ ...ADDRESS, ...OWN_MAILBOXES }),
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
      { automaticAnswers }: SendingScope,
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
      { messageOpening, automaticAnswers }: SendingScope,
    ) {
      const message = await messageOpening.open(principal, message_id);
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
    async run({ message_id, to }, { principal, idempotencyKey }, { messageOpening, mailForwarding }: SendingScope) {
      const message = await messageOpening.open(principal, message_id);
      return { id: await mailForwarding.forwardNow(principal, message, to, idempotencyKey) };
    },
  }),
];
