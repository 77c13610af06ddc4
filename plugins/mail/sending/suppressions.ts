/** Suppressions: addresses that get no more mail from us, because they bounced or because somebody said so. Table: mail_suppressions. */
import { isSuperadmin, sanitizeText } from '#core/kit.ts';
import { coreErrors, type Principal, type Services, type Transaction } from '#core/plugin.ts';
import { isMailAddress } from '../addresses.ts';
import { mailErrors } from '../errors.ts';

export interface Suppressions {
  add(principal: Principal, address: string, reason: string): Promise<void>;
  /** The same for a tenant, null for mail without one; the first reason stays. */
  suppress(trx: Transaction, tenantId: string | null, address: string, reason: string): Promise<void>;
  /** Why the tenant sends no mail there; null when it does. */
  reasonFor(tenantId: string | null, address: string): Promise<string | null>;
  /** Throws `not_found`. */
  remove(principal: Principal, address: string): Promise<void>;
}

const MAX_REASON = 500;

export function createSuppressions({ db, clock }: Services): Suppressions {
  return {
    async add(principal, address, reason) {
      if (!isMailAddress(address)) throw mailErrors.bad_address();
      await db.transaction((trx) => suppress(trx, principal.tenantId, address, reason));
    },
    suppress,
    async reasonFor(tenantId, address) {
      const which = { tenant_id: tenantId, address: address.toLowerCase() };
      return (await db.read('mail_suppressions').where(which).first('reason'))?.reason ?? null;
    },
    async remove(principal, address) {
      const query = db.write('mail_suppressions').where({ address: address.toLowerCase() });
      if (!isSuperadmin(principal)) query.where({ tenant_id: principal.tenantId });
      if ((await query.delete()) === 0) throw coreErrors.not_found();
    },
  };

  /** Unique for each tenant and address, also without a tenant (`mail_suppressions_of_tenant`). */
  async function suppress(trx: Transaction, tenantId: string | null, address: string, reason: string): Promise<void> {
    await trx('mail_suppressions')
      .insert({
        tenant_id: tenantId,
        address: address.toLowerCase(),
        reason: sanitizeText(reason, MAX_REASON),
        created_at: clock.now(),
      })
      .onConflict()
      .ignore();
  }
}
