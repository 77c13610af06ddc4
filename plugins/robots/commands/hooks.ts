/** What happens to commands, for the parts above, in the transaction that stores it. */

import { createHook, type Hook } from '#core/kit.ts';
import type { Transaction } from '#core/plugin.ts';
import type { CommandOrigin, CommandPlace } from '../contract.ts';
import type { Figure } from '../counts.ts';
import type { CommandRow } from './tables.ts';

export interface SentCommand {
  commandId: string;
  robot: number;
  tenantId: string;
  code: number;
  params: Readonly<Record<string, unknown>>;
  origin: CommandOrigin;
  /** The person who has written it. */
  userId: number | null;
  /** Whose words it answers: there it stands, whoever is mentioned. */
  answers: CommandPlace | null;
}

/** A command that has its result. */
export interface EndedCommand
  extends Pick<CommandRow, 'command_id' | 'robot' | 'tenant_id' | 'code' | 'status' | 'source' | 'tries'> {
  outcome: { errorCode: number; errorReason: string; failList: readonly string[] };
}

export interface CommandHooks {
  /** These are accepted. */
  stored: Hook<[trx: Transaction, commands: readonly SentCommand[], now: number]>;
  /** These messages have been sent; gives the figures that come of it. */
  messagesSent: Hook<
    [trx: Transaction, sent: readonly Pick<CommandRow, 'robot' | 'recipient'>[], now: number],
    Figure[]
  >;
  /** These have come to an end. */
  ended: Hook<[trx: Transaction, ended: readonly EndedCommand[]]>;
}

export function createCommandHooks(): CommandHooks {
  return { stored: createHook(), messagesSent: createHook(), ended: createHook() };
}
