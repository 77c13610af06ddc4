/** Rows of consents. */
import type { OwnedTables } from '#core/plugin.ts';

export interface ConsentRow {
  id: number;
  tenant_id: number;
  user_id: number | null;
  type: string;
  version: string;
  granted: number;
  ip: string;
  user_agent: string;
  created_at: number;
}

declare global {
  namespace Patchbay {
    interface Tables {
      auth_consents: ConsentRow;
    }
  }
}

/** Whose they are. */
export const organisationTables = {
  auth_consents: {
    'tenant.deleted': { by: 'organisations/erasure.ts' },
    'user.deleted': { by: 'organisations/erasure.ts' },
  },
} satisfies OwnedTables;
