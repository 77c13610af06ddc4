/** Rows of the audit log. */
import type { OwnedTables } from '#core/plugin.ts';

/** `log` is kept for ever, `attempts` (tries that failed) for a time. */
export type AuditChain = 'log' | 'attempts';

export interface AuditRow {
  id: number;
  /** Null for entries of versions that linked them at once. */
  uuid: string | null;
  chain: AuditChain;
  /** Place in the chain; null until it is linked, negative when it is not of our making. */
  seq: number | null;
  at: number;
  action: string;
  actor_kind: string;
  actor_id: string | null;
  tenant_id: string | null;
  target_type: string | null;
  target_id: string | null;
  ip: string | null;
  user_agent: string | null;
  detail: string;
  /** Over ip and user agent, which are forgotten with the person. */
  origin_mac: string | null;
  /** Over everything else, made with the entry. */
  mac: string | null;
  /** Over the entry and the hash before it, made when it is linked. */
  hash: string | null;
}

/** Where a chain begins and ends, so that entries cut off at either end are missed. */
export interface AuditChainRow {
  name: AuditChain;
  /** The chain is checked from the entry after this one; 0 is the beginning. */
  anchor_seq: number;
  last_seq: number;
  last_hash: string;
  mac: string;
}

declare global {
  namespace Patchbay {
    interface Tables {
      auth_audit_entries: AuditRow;
      auth_audit_chains: AuditChainRow;
    }
  }
}

/** Whose they are. */
export const auditTables = {
  auth_audit_entries: {
    'tenant.deleted': { kept: 'who did what is the point of it; the tenant is an id' },
    'user.deleted': { by: 'audit/audit-log.ts, which keeps the id alone' },
  },
} satisfies OwnedTables;
