/** Rows of API keys. */
import type { OwnedTables } from '#core/plugin.ts';

export interface ApiKeyRow {
  id: number;
  uuid: string;
  user_id: number;
  tenant_id: number;
  name: string;
  key_prefix: string;
  key_hash: string;
  /** JSON list; null means the creator's own rights. */
  scopes: string | null;
  expires_at: number | null;
  revoked_at: number | null;
  last_used_at: number | null;
  created_at: number;
  /** The administrator who made it for its user; null for keys that people made for themselves. */
  made_by: number | null;
  /** The key by which it was made; null when a person made it. It ends with that one. */
  made_with: number | null;
}

declare global {
  namespace Patchbay {
    interface Tables {
      auth_api_keys: ApiKeyRow;
    }
  }
}

/** Whose they are. */
export const keyTables = {
  auth_api_keys: { 'tenant.deleted': { by: 'the person whose key it is' }, 'user.deleted': { by: 'keys/erasure.ts' } },
} satisfies OwnedTables;
