/** Rows of the table of commands. Times are ms since the epoch. */
import type { OwnedTables } from '#core/plugin.ts';

import type { CommandOrigin } from '../contract.ts';

export type CommandStatus = 'pending' | 'dispatched' | 'succeeded' | 'failed' | 'expired';

export interface CommandRow {
  id: number;
  command_id: string;
  robot: number;
  tenant_id: string;
  code: number;
  type: string;
  params: string;
  recipient: string;
  priority: number;
  status: CommandStatus;
  source: CommandOrigin;
  tries: number;
  max_retries: number;
  failures: number;
  /** Not offered before this; 0: at once. */
  due_at: number;
  offered_over: string | null;
  offered_at: number | null;
  created_at: number;
  expires_at: number;
  finished_at: number | null;
  result: string | null;
}

declare global {
  namespace Patchbay {
    interface Tables {
      robots_commands: CommandRow;
    }
  }
}

/** Whose they are. */
export const commandTables = {
  robots_commands: {
    'tenant.deleted': { by: 'the robot that it is for' },
    'contact.erased': { by: 'commands/erasure.ts' },
  },
} satisfies OwnedTables;
