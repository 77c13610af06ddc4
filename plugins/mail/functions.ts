/** Steps that mail offers to workflows and AI agents. */
import Type from 'typebox';
import { coreErrors } from '#core/errors.ts';
import type { Principal } from '#core/http/principal.ts';
import type { FunctionCall } from '#core/plugin.ts';
import { defineFunction, type Services } from '#core/plugin.ts';
import { FoundMailView } from './routes/live.ts';

const Address = Type.String({ minLength: 3, maxLength: 320, description: 'A mail address' });
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
    scope: 'mail:send',
    input: Type.Object({
      from: Address,
      to: Type.Union([Address, Type.Array(Address, { minItems: 1, maxItems: 50 })]),
      subject: Type.String({ maxLength: 998 }),
      text: Type.Optional(Type.String()),
      html: Type.Optional(Type.String()),
    }),
    output: Sent,
    async run(input, call, services) {
      const principal = await principalOf(call, services);
      const { uuid } = await services.outbox.send(principal, { ...input, idempotencyKey: call.idempotencyKey });
      return { id: uuid };
    },
  }),
  defineFunction({
    name: 'mail.reply',
    summary: 'Answers a mail, in its thread',
    scope: 'mail:send',
    input: Type.Object({
      message_id: Type.Integer(),
      text: Type.Optional(Type.String()),
      html: Type.Optional(Type.String()),
    }),
    output: Sent,
    async run({ message_id, ...content }, call, services) {
      const principal = await principalOf(call, services);
      const message = await services.mailReading.open(principal, message_id);
      const mailbox = await services.mailboxes.byId(message.mailbox_id);
      if (!mailbox) throw coreErrors.not_found();
      const reference = message.message_ref ? `<${message.message_ref}>` : null;
      const { uuid } = await services.outbox.send(principal, {
        ...content,
        from: mailbox.address,
        to: message.sender,
        subject: /^re:/i.test(message.subject) ? message.subject : `Re: ${message.subject}`,
        idempotencyKey: call.idempotencyKey,
        headers: reference ? { 'In-Reply-To': reference, References: reference } : {},
      });
      return { id: uuid };
    },
  }),
  defineFunction({
    name: 'mail.forward',
    summary: 'Forwards a mail as it came',
    scope: 'mail:send',
    input: Type.Object({ message_id: Type.Integer(), to: Address }),
    output: Sent,
    async run({ message_id, to }, call, services) {
      const principal = await principalOf(call, services);
      const message = await services.mailReading.open(principal, message_id);
      return { id: await services.mailForwarding.forwardNow(message, to, call.idempotencyKey) };
    },
  }),
  defineFunction({
    name: 'mail.createMailbox',
    summary: 'Makes a mailbox, with a random name unless one is given',
    scope: 'mail:manage',
    input: Type.Object({
      local: Type.Optional(Type.String({ minLength: 1, maxLength: 64 })),
      domain_index: Type.Optional(Type.Integer({ minimum: 0 })),
    }),
    output: Type.Object({ address: Type.String(), expires_at: Type.Union([Type.Integer(), Type.Null()]) }),
    async run({ local, domain_index: domainIndex = 0 }, call, services) {
      const principal = await principalOf(call, services);
      // A repeat of the call gets the same name, and so the same mailbox.
      const name =
        local ??
        services.secrets
          .sign('mail.mailbox-name', call.idempotencyKey)
          .replace(/[^a-zA-Z0-9]/g, '')
          .slice(0, 10)
          .toLowerCase();
      const row = await services.mailboxSettings.create(principal, { local: name, domainIndex });
      return { address: row.address, expires_at: row.expires_at };
    },
  }),
  defineFunction({
    name: 'mail.find',
    summary: 'Finds mail in a mailbox, newest first',
    scope: 'mail:read',
    input: Type.Object({ ...Filter, limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 50 })) }),
    output: Type.Object({ items: Type.Array(FoundMailView) }),
    async run({ limit = 10, ...filter }, call, services) {
      return { items: await services.mailWaiting.find(await principalOf(call, services), filter, limit) };
    },
  }),
  defineFunction({
    name: 'mail.waitFor',
    summary: 'Waits for a mail that matches, and gives its code, links and text; null when none came',
    scope: 'mail:read',
    input: Type.Object({ ...Filter, timeout_seconds: Type.Optional(Type.Integer({ minimum: 0, maximum: 600 })) }),
    output: Type.Object({ mail: Type.Union([FoundMailView, Type.Null()]) }),
    async run({ timeout_seconds = 60, ...filter }, call, services) {
      const principal = await principalOf(call, services);
      return { mail: await services.mailWaiting.waitFor(principal, filter, timeout_seconds * 1000, call.signal) };
    },
  }),
];

/** The caller is a person, or else acts for a tenant as its administrator, or for the platform itself. */
async function principalOf({ userId, tenantId }: FunctionCall, { accounts }: Services): Promise<Principal> {
  if (userId) {
    const person = await accounts.principalOf(userId);
    if (person) return person;
  }
  if (tenantId === null) {
    if (userId !== null) throw coreErrors.forbidden();
    return { kind: 'root', id: 'platform', userId: 0, tenantId: null, roles: ['superadmin'], scopes: null };
  }
  return { kind: 'user', id: tenantId, userId: null, tenantId, roles: ['admin'], scopes: null };
}
