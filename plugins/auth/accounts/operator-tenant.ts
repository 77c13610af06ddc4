/**
 * The tenant of who runs this server: that of the first super-admin, noted when that account is made. It stays whoever
 * leaves, until super-admins name another one. Noted in core_installation.
 */
import type { Knex } from 'knex';
import { createRowCache } from '#core/kit.ts';
import { coreErrors, type Principal, type Services, type Transaction } from '#core/plugin.ts';
import type { AuditLog } from '../audit/audit-log.ts';
import type { Origin } from '../contract.ts';
import { authErrors } from '../errors.ts';
import type { People } from './people.ts';

export interface OperatorTenant {
  /** Its uuid; null while there is no super-admin. */
  id(): Promise<string | null>;
  /** What it is called, as this transaction or reader sees it; null while there is none. */
  nameIn(on: Knex): Promise<string | null>;
  /** Notes the tenant of the first super-admin; of those that follow it changes nothing. */
  noteFirst(trx: Transaction, uuid: string): Promise<void>;
  /** Names another one. Throws `not_found`. */
  change(actor: Principal, uuid: string, origin: Origin): Promise<void>;
  /** Throws `operator_tenant` when it is this one that is about to be erased. */
  refuseErasure(trx: Transaction, uuid: string): Promise<void>;
}

const NAME = 'operator_tenant';

export function createOperatorTenant({
  db,
  people,
  auditLog,
}: Services & { people: People; auditLog: AuditLog }): OperatorTenant {
  const found = createRowCache<'operator', { value: string }>(db, () =>
    db.read('core_installation').where({ name: NAME }).first('value'),
  );
  people.onInvalidate((change) => {
    if (change === null) found.clear();
  });
  return { id: async () => (await found.get('operator'))?.value ?? null, nameIn, noteFirst, change, refuseErasure };

  async function nameIn(on: Knex): Promise<string | null> {
    const noted = on('core_installation').where({ name: NAME }).select('value');
    return (await on('auth_tenants').where('uuid', 'in', noted).first('name'))?.name ?? null;
  }

  async function noteFirst(trx: Transaction, uuid: string): Promise<void> {
    await trx('core_installation').insert({ name: NAME, value: uuid }).onConflict('name').ignore();
    people.invalidate(trx);
  }

  async function change(actor: Principal, uuid: string, origin: Origin): Promise<void> {
    await db.transaction(async (trx) => {
      const before = await locked(trx);
      // After the lock: an erasure that was faster has taken it away, one that is slower finds it named.
      if (!(await trx('auth_tenants').where({ uuid }).first('id'))) {
        throw coreErrors.not_found({ message: 'There is no such tenant' });
      }
      if (before === uuid) return;
      await trx('core_installation').insert({ name: NAME, value: uuid }).onConflict('name').merge();
      const about = { targetType: 'tenant', targetId: uuid, detail: { before } };
      await auditLog.record({ action: 'operator_tenant.changed', actor, ...about, ...origin }, trx);
      people.invalidate(trx);
    });
  }

  async function refuseErasure(trx: Transaction, uuid: string): Promise<void> {
    if ((await locked(trx)) === uuid) throw authErrors.operator_tenant();
  }

  async function locked(trx: Transaction): Promise<string | null> {
    return (await trx('core_installation').where({ name: NAME }).forUpdate().first())?.value ?? null;
  }
}
