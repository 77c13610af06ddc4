/** Rows of the log of the WorkBot API. */
import type { OwnedTables } from '#core/plugin.ts';

export type LogType = 'api' | 'robot' | 'ai' | 'mail' | 'workflow' | 'system';
export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

export interface LogRow {
  id: number;
  type: LogType;
  level: LogLevel;
  message: string;
  details: string;
  ip: string;
  tenant_id: string | null;
  created_at: number;
}

declare global {
  namespace Patchbay {
    interface Tables {
      robots_logs: LogRow;
    }
  }
}

/** Whose they are. */
export const logTables = {
  robots_logs: {
    'tenant.deleted': { by: 'robots/erasure.ts' },
    'user.deleted': { by: 'robots/erasure.ts' },
    'contact.erased': { by: 'conversations/contact-erasure.ts, where models were asked' },
  },
} satisfies OwnedTables;
