/** What happens in conversations, for the parts above. */

import { createHook, type Hook } from '#core/kit.ts';
import type { Transaction } from '#core/plugin.ts';
import type { MessageReceipt } from './received-message.ts';

/** Somebody of a tenant, by all names on a channel and all keys as a contact. */
export interface ErasedPerson {
  tenantId: string;
  channel: string;
  /** Those on which the names are theirs (integer keys, and ids); null: all of the channel. */
  robots: readonly { id: number; robot_id: string }[] | null;
  names: readonly string[];
  /** The groups in which alone the names are theirs; null: also where somebody is spoken with alone. */
  rooms: readonly string[] | null;
  contacts: readonly number[];
}

export interface ConversationHooks {
  /** These messages of contacts are stored, in this transaction. */
  messagesHeard: Hook<[trx: Transaction, receipts: readonly MessageReceipt[]]>;
  /** The contact (its integer key) wants to hear no more. */
  optedOut: Hook<[trx: Transaction, contact: number]>;
  /** Somebody is erased: before anything of the conversations is. */
  erasingPerson: Hook<[person: ErasedPerson]>;
  /** All that they said and were told is gone; the contacts themselves go next. Until then their names are theirs. */
  personErased: Hook<[person: ErasedPerson]>;
}

export function createConversationHooks(): ConversationHooks {
  return {
    messagesHeard: createHook(),
    optedOut: createHook(),
    erasingPerson: createHook(),
    personErased: createHook(),
  };
}
