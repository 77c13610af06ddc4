/** Addresses that get no more mail from us, because they bounced or because somebody said so. Table: mail_suppressions. */
import { coreErrors } from '#core/errors.ts';
import { isSuperadmin, type Principal } from '#core/http/principal.ts';
import type { Services } from '#core/plugin.ts';
import { mailErrors } from '../../errors.ts';
import type { SuppressionRow } from '../../tables.ts';
import { isMailAddress } from '../addresses.ts';

export interface Suppressions {
  list(principal: Principal, page: { limit: number; before?: number }): Promise<SuppressionRow[]>;
  add(principal: Principal, address: string, reason: string): Promise<void>;
  /** Throws `not_found`. */
  remove(principal: Principal, address: string): Promise<void>;
}

export function createSuppressions({ db, clock }: Services): Suppressions {
  return {
    list(principal, { limit, before }) {
      const query = db.read('mail_suppressions').orderBy('id', 'desc').limit(limit);
      if (!isSuperadmin(principal)) query.where({ tenant_id: principal.tenantId });
      if (before) query.where('id', '<', before);
      return query;
    },
    async add(principal, given, reason) {
      if (!isMailAddress(given)) throw mailErrors.bad_address();
      const address = given.toLowerCase();
      await db.transaction(async (trx) => {
        const owned = { tenant_id: principal.tenantId, address };
        if (await trx('mail_suppressions').where(owned).first('id')) return;
        await trx('mail_suppressions').insert({ ...owned, reason, created_at: clock.now() });
      });
    },
    async remove(principal, address) {
      const query = db.write('mail_suppressions').where({ address: address.toLowerCase() });
      if (!isSuperadmin(principal)) query.where({ tenant_id: principal.tenantId });
      if ((await query.delete()) === 0) throw coreErrors.not_found();
    },
  };
}
