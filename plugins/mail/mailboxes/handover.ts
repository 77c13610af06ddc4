/**
 * Handover of mailboxes: what parts above have set up for one ends when it goes or is somebody else's. Each says here how, and
 * it is done in the transaction of the handover.
 */
import type { Transaction } from '#core/plugin.ts';
import type { MailboxRow } from './tables.ts';

export type EndedMailbox = Pick<MailboxRow, 'id' | 'address'>;

export interface ScheduledMail {
  address: string;
  /** Whose mail leaves all the same; everybody's is canceled without it. */
  except?: { userId: number | null; tenantId: string | null };
}

export interface SetUp {
  end(trx: Transaction, rows: readonly EndedMailbox[]): Promise<void>;
  /** Mail that was to leave later from an address that is somebody else's by then. */
  cancelScheduled?(trx: Transaction, mail: ScheduledMail): Promise<void>;
}

export interface MailboxHandover extends Required<SetUp> {
  /** Said once, by the factory of whoever sets something up. */
  register(setUp: SetUp): void;
}

export function createMailboxHandover(): MailboxHandover {
  const registered: SetUp[] = [];
  return {
    register: (setUp) => void registered.push(setUp),
    async end(trx, rows) {
      for (const { end } of registered) await end(trx, rows);
    },
    async cancelScheduled(trx, mail) {
      for (const { cancelScheduled } of registered) await cancelScheduled?.(trx, mail);
    },
  };
}
