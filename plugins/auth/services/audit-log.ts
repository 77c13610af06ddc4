/**
 * The audit log: every administrative and security-relevant act, each entry's hash made over the one before it.
 * The hash is keyed, so that who can write to the database alone cannot make the chain fit again.
 */
import { createHmac } from 'node:crypto';
import type { Transaction } from '#core/database/database.ts';
import { defineBatch } from '#core/database/group-commit.ts';
import type { Services } from '#core/plugin.ts';
import type { AuditEntry, AuditLog, ChainReport } from '../contract.ts';
import type { AuditRow } from '../tables.ts';

/** Names the lock under which PostgreSQL replicas append one after another. */
const CHAIN_LOCK = 72_100_001;
const ROWS_PER_CHECK = 1_000;
const GENESIS = '0'.repeat(64);

type NewRow = Omit<AuditRow, 'seq' | 'prev_hash' | 'hash'>;

export function createAuditLog({ db, clock, secrets }: Services): AuditLog {
  const key = secrets.derive('auth.audit');
  const batch = defineBatch<NewRow, void>({
    name: 'auth.audit',
    async write(trx, rows) {
      await append(trx, rows);
      return rows.map(() => undefined);
    },
  });

  return {
    async record(entry, trx) {
      const row = rowOf(entry, clock.now());
      if (trx) await append(trx, [row]);
      else await db.batch(batch, row);
    },
    verify,
  };

  async function append(trx: Transaction, rows: readonly NewRow[]): Promise<void> {
    if (db.client === 'pg') await trx.raw('select pg_advisory_xact_lock(?)', [CHAIN_LOCK]);
    const last = await trx('auth_audit_log').orderBy('seq', 'desc').first('seq', 'hash');
    let seq = last?.seq ?? 0;
    let previous = last?.hash ?? GENESIS;
    const chained = rows.map((row): AuditRow => {
      seq++;
      const hash = hashOf(key, seq, previous, row);
      const entry = { ...row, seq, prev_hash: previous, hash };
      previous = hash;
      return entry;
    });
    await trx('auth_audit_log').insert(chained);
  }

  /** Walks the whole chain in pieces. `first_broken` is the first entry that does not fit; null when all fit. */
  async function verify(): Promise<ChainReport> {
    let previous = GENESIS;
    let seq = 0;
    for (;;) {
      const rows = await db.read('auth_audit_log').where('seq', '>', seq).orderBy('seq').limit(ROWS_PER_CHECK);
      for (const row of rows) {
        const fits =
          row.seq === seq + 1 && row.prev_hash === previous && row.hash === hashOf(key, row.seq, previous, row);
        if (!fits) return { ok: false, entries: seq, first_broken: row.seq };
        seq = row.seq;
        previous = row.hash;
      }
      if (rows.length < ROWS_PER_CHECK) return { ok: true, entries: seq, first_broken: null };
    }
  }
}

function rowOf(entry: AuditEntry, now: number): NewRow {
  const { actor } = entry;
  return {
    at: now,
    action: entry.action,
    actor_kind: actor?.kind ?? 'system',
    actor_id: actor?.id ?? null,
    tenant_id: entry.tenantId ?? actor?.tenantId ?? null,
    target_type: entry.targetType ?? null,
    target_id: entry.targetId?.slice(0, 320) ?? null,
    ip: entry.ip ?? null,
    user_agent: entry.userAgent?.slice(0, 300) ?? null,
    detail: JSON.stringify(entry.detail ?? {}),
  };
}

function hashOf(key: Buffer, seq: number, previous: string, row: NewRow): string {
  const fields = [
    seq,
    previous,
    Number(row.at),
    row.action,
    row.actor_kind,
    row.actor_id,
    row.tenant_id,
    row.target_type,
    row.target_id,
    row.ip,
    row.user_agent,
    row.detail,
  ];
  return createHmac('sha256', key).update(JSON.stringify(fields)).digest('hex');
}
