/** Trials of products: one for each mailbox. Table: licensing_trials. */
import type { Services } from '#core/plugin.ts';
import type { AuthServices } from '#plugins/auth/contract.ts';
import { licensingErrors } from '../errors.ts';
import type { Licences, NewLicence } from '../licences/licences.ts';
import type { LicenceRow } from '../licences/tables.ts';
import type { ProductRow } from '../products/tables.ts';
import { trialAddress } from './trial-address.ts';

export interface Trials {
  /** One for each address and product: a second call gives the first one's. Throws `TRIAL_NOT_OFFERED`, `limit_exceeded`. */
  start(product: ProductRow, email: string): Promise<{ licence: LicenceRow; isNew: boolean }>;
}

export function createTrials({
  db,
  licences,
  suspensions,
}: Services & Pick<AuthServices, 'suspensions'> & { licences: Licences }): Trials {
  return { start };

  async function start(product: ProductRow, given: string): Promise<{ licence: LicenceRow; isNew: boolean }> {
    const email = given.trim().toLowerCase();
    const address = trialAddress(email);
    // Nobody issues in the name of a vendor who is suspended.
    if (product.tenant_id !== '' && (await suspensions.of(product.tenant_id)))
      throw licensingErrors.TRIAL_NOT_OFFERED();
    return db.transaction(async (trx) => {
      // Held until the end: two requests for the same address come one after the other.
      const current = await trx('licensing_products').where({ id: product.id }).forUpdate().first();
      if (!current?.trial_days) throw licensingErrors.TRIAL_NOT_OFFERED();
      const earlier = await trx('licensing_trials')
        .where({ product_id: product.id })
        .whereIn('email', [address, email])
        .first('licence_id');
      if (earlier) {
        const licence = await trx('licensing_licences').where({ id: earlier.licence_id }).first();
        if (licence) return { licence, isNew: false };
      }
      const wish: NewLicence = { plan: 'monthly', email, days: current.trial_days };
      const licence = await licences.issue(trx, current.tenant_id || null, wish, current, true);
      await trx('licensing_trials').insert({ product_id: product.id, email: address, licence_id: licence.id });
      return { licence, isNew: true };
    });
  }
}
