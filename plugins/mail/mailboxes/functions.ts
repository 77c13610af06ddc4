/** What mailboxes offer to workflows and AI agents. */
import Type from 'typebox';
import { defineFunction } from '#core/plugin.ts';
import type { MailboxesScope } from './services.ts';

export const createMailbox = defineFunction({
  name: 'mail.createMailbox',
  summary: 'Makes a mailbox, with a random name unless one is given',
  // As its route: for people and keys. Without a tenant: of the platform.
  access: { scope: 'mail:manage', tenant: false } as const,
  sameForAll: true,
  input: Type.Object({
    local: Type.Optional(Type.String({ minLength: 1, maxLength: 64 })),
    domain_index: Type.Optional(Type.Integer({ minimum: 0 })),
  }),
  output: Type.Object({ address: Type.String(), expires_at: Type.Union([Type.Integer(), Type.Null()]) }),
  async run(
    { local, domain_index: domainIndex = 0 },
    { principal, idempotencyKey },
    { secrets, mailboxSettings }: MailboxesScope,
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
});
