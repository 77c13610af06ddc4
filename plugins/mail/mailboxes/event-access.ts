/** Event access: who may see events of a mailbox is who could read it. */
import { isAppError } from '#core/kit.ts';
import type { CloudEvent, Principal } from '#core/plugin.ts';
import type { MailboxEvent } from '../contract.ts';
import { isMailAdmin } from '../mail-admin.ts';
import type { MailboxesScope } from './services.ts';

const scope = 'mail:read';

/** Who may read the mailbox may follow it. */
export const mayFollow = (address: string, principal: Principal, { mailboxes }: MailboxesScope) =>
  isFound(() => mailboxes.readable(principal, address));

export const MAILBOX_EVENT_ACCESS = {
  'mailbox.created': {
    scope,
    mayFollow,
    isFor: ({ data }: CloudEvent<MailboxEvent>, principal: Principal, services: MailboxesScope) =>
      mayFollow(data.address, principal, services),
  },
  // Whose it was cannot be asked any more: administrators saw it.
  'mailbox.expired': { scope, isFor: (_event: unknown, principal: Principal) => isMailAdmin(principal) },
};

/** Whether a look at it is not refused. */
export async function isFound(look: () => Promise<unknown>): Promise<boolean> {
  try {
    await look();
    return true;
  } catch (error) {
    if (isAppError(error)) return false;
    throw error;
  }
}
