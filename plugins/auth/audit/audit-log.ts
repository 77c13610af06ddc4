/** The audit log: every administrative and security-relevant act. Entries are linked in `audit-chains.ts`. */
import { v7 as uuidv7 } from 'uuid';
import { defineBatch, type Services, type Transaction } from '#core/plugin.ts';
import type { AccountData } from '../account-data.ts';
import type { AuditEntry, AuditLog as PublicAuditLog } from '../contract.ts';
import type { AuditChains } from './audit-chains.ts';
import { type AuditHashes, GENESIS, type NewEntry } from './hashes.ts';
import { auditDataOf } from './personal-data.ts';
import type { ChainReport } from './verification.ts';
import { ORIGIN_FORGOTTEN, verifyChains } from './verification.ts';

export interface AuditLog extends PublicAuditLog {
  /** Links what waits, then checks every entry against the one before it, and the ends against what is kept of them. */
  verify(): Promise<ChainReport>;
}

export function createAuditLog(services: Services & { auditChains: AuditChains; accountData: AccountData }): AuditLog {
  const { db, clock, events, auditChains, accountData } = services;
  const { hashes } = auditChains;
  const batch = defineBatch<NewEntry, void>({
    name: 'auth.audit',
    async write(trx, rows) {
      await trx('auth_audit_entries').insert(rows);
      for (const row of rows) await announce(trx, row);
      return rows.map(() => undefined);
    },
  });
  accountData.add({ export: (user) => auditDataOf(db, user) });
  return { record, erase, verify: () => verifyChains(db, auditChains) };

  async function record(entry: AuditEntry, trx?: Transaction): Promise<void> {
    const row = rowOf(hashes, entry, clock.now());
    if (trx) {
      await trx('auth_audit_entries').insert(row);
      await announce(trx, row);
      db.afterCommit(trx, auditChains.wake);
    } else {
      await db.batch(batch, row);
      auditChains.wake();
    }
  }

  /** That there is an entry; what it says, the log shows to who may read it. For lists on screens: nobody else needs it. */
  async function announce(trx: Transaction, { action, tenant_id }: NewEntry): Promise<void> {
    if (!events.hasListeners()) return;
    await events.emit(trx, 'audit.recorded', { action }, { tenantId: tenant_id });
  }

  async function erase(trx: Transaction, actorId: string): Promise<void> {
    const known = await trx('auth_audit_entries').where({ actor_id: actorId }).whereNotNull('ip').first('id');
    if (!known) return;
    await sealOlder(trx, actorId);
    await trx('auth_audit_entries').where({ actor_id: actorId }).update({ ip: null, user_agent: null });
    await record({ action: ORIGIN_FORGOTTEN, actor: null, targetId: actorId }, trx);
  }

  /** Entries of older versions were hashed with their address: those that fit are attested, so that they fit without. */
  async function sealOlder(trx: Transaction, actorId: string): Promise<void> {
    const older = await trx('auth_audit_entries').where({ actor_id: actorId, uuid: null, mac: null });
    for (const row of older) {
      const seq = row.seq ?? 0;
      const before = await trx('auth_audit_entries')
        .where({ chain: row.chain, seq: seq - 1 })
        .first('hash');
      if (row.hash !== hashes.link(row, seq, before?.hash ?? GENESIS)) continue;
      await trx('auth_audit_entries')
        .where({ id: row.id })
        .update({ mac: hashes.withoutOrigin(row) });
    }
  }
}

function rowOf(hashes: AuditHashes, entry: AuditEntry, now: number): NewEntry {
  const { actor } = entry;
  const about = {
    uuid: uuidv7(),
    chain: entry.attempt ? ('attempts' as const) : ('log' as const),
    at: now,
    action: entry.action,
    actor_kind: actor?.kind ?? 'system',
    actor_id: actor?.id ?? null,
    tenant_id: entry.tenantId ?? actor?.tenantId ?? null,
    target_type: entry.targetType ?? null,
    target_id: entry.targetId?.slice(0, 320) ?? null,
    detail: JSON.stringify(entry.detail ?? {}),
  };
  const origin = { ip: entry.ip ?? null, user_agent: entry.userAgent?.slice(0, 300) ?? null };
  const row = { ...about, origin_mac: hashes.origin({ uuid: about.uuid, ...origin }) };
  return { ...row, ...origin, mac: hashes.entry(row) };
}
