/**
 * What is computed over entries of the audit log. All of it is keyed, so that who can write to the database alone
 * cannot make an entry, a chain or its end that fits.
 */
import { createHmac } from 'node:crypto';
import type { AuditChain, AuditChainRow, AuditRow } from './tables.ts';

export type NewEntry = Omit<AuditRow, 'id' | 'seq' | 'hash'> & { uuid: string };

export interface AuditHashes {
  /** Over address and program, apart from the rest: they may be forgotten, and the rest still fits. */
  origin(row: Pick<AuditRow, 'uuid' | 'ip' | 'user_agent'>): string;
  /** Over all other fields, made with the entry: nobody else can add one that will be linked. */
  entry(row: Omit<AuditRow, 'id' | 'seq' | 'mac' | 'hash' | 'ip' | 'user_agent'>): string;
  /** Over the entry and the hash before it. */
  link(row: AuditRow, seq: number, previous: string): string;
  /** Instead of `entry`, for an older one whose address was forgotten: its hash was made over that too. */
  withoutOrigin(row: AuditRow): string;
  head(head: Omit<AuditChainRow, 'mac'>): string;
  /** Over the file that holds the heads outside of the database. */
  file(heads: unknown): string;
}

export const GENESIS = '0'.repeat(64);

export function createAuditHashes(key: Buffer): AuditHashes {
  return {
    origin: ({ uuid, ip, user_agent }) => hmac(['origin', uuid, ip, user_agent]),
    entry: (row) => hmac(['entry', row.uuid, row.chain, ...act(row), row.detail, row.origin_mac]),
    link(row, seq, previous) {
      if (row.uuid !== null) return hmac(['link', row.chain, seq, previous, row.mac]);
      return hmac([seq, previous, ...act(row), row.ip, row.user_agent, row.detail]);
    },
    withoutOrigin: (row) => hmac(['without origin', row.chain, row.seq, row.hash, ...act(row), row.detail]),
    head: ({ name, anchor_seq, last_seq, last_hash }) => hmac(['head', name, +anchor_seq, +last_seq, last_hash]),
    file: (heads) => hmac(['file', heads]),
  };

  function hmac(fields: readonly unknown[]): string {
    return createHmac('sha256', key).update(JSON.stringify(fields)).digest('hex');
  }
}

type Act = Pick<AuditRow, 'at' | 'action' | 'actor_kind' | 'actor_id' | 'tenant_id' | 'target_type' | 'target_id'>;

function act(row: Act): readonly unknown[] {
  const { action, actor_kind, actor_id, tenant_id, target_type, target_id } = row;
  return [Number(row.at), action, actor_kind, actor_id, tenant_id, target_type, target_id];
}

export const AUDIT_CHAINS: readonly AuditChain[] = ['log', 'attempts'];
