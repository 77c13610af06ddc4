/** Reminders before a licence ends: once for each end, whenever the job runs. */
import type { Knex } from 'knex';
import { DAY_MS, type Done, forEachIsolated } from '#core/kit.ts';
import type { Services, Transaction } from '#core/plugin.ts';
import type { AuthServices } from '#plugins/auth/contract.ts';
import type { LicensingConfig } from '../config.ts';
import { eventOf } from './events.ts';
import { type ExpiringLicence, idsOf, nextExpiring } from './expiring-licences.ts';

export interface LicenceReminders {
  /** Queues mails for licences that end soon, so many at once. */
  remindSome(size: number): Promise<Done>;
}

export function createReminders(
  services: Services & Pick<AuthServices, 'suspensions'> & { licensingConfig: LicensingConfig },
): LicenceReminders {
  const { db, clock, log, jobs, events, licensingConfig, suspensions } = services;
  const noticeMs = licensingConfig.customerMail.daysBeforeExpiry * DAY_MS;
  return { remindSome };

  async function remindSome(size: number): Promise<Done> {
    if (noticeMs === 0) return { done: 0, failed: 0 };
    return forEachIsolated<ExpiringLicence>({
      size,
      log,
      failure: 'A customer could not be reminded of a licence',
      next: (after, most) => nextExpiring(endingSoon(db.write), after, most),
      work: {
        async group(some) {
          const silent = await suspendedOf(idsOf(some));
          await db.transaction((trx) => remind(trx, idsOf(some), silent));
        },
      },
    });
  }

  /** Vendors of these who are suspended: no mail leaves in their name, and their customers are reminded later. */
  async function suspendedOf(ids: number[]): Promise<ReadonlySet<string | null>> {
    const found: (string | null)[] = await db
      .read('licensing_licences')
      .whereIn('id', ids)
      .distinct('tenant_id')
      .pluck('tenant_id');
    const silent = new Set<string | null>();
    for (const tenantId of found) if (tenantId !== null && (await suspensions.of(tenantId))) silent.add(tenantId);
    return silent;
  }

  async function remind(trx: Transaction, ids: number[], silent: ReadonlySet<string | null>): Promise<void> {
    const query = endingSoon(trx).whereIn('id', ids).orderBy('id');
    if (db.client === 'pg') query.forUpdate().skipLocked();
    for (const licence of await query) {
      const { id, license_id, valid_until, tenant_id } = licence;
      if (silent.has(tenant_id)) continue;
      await trx('licensing_licences').where({ id }).update({ reminded_for: valid_until });
      await jobs.enqueue(trx, 'licensing.remind', { license_id });
      const options = { tenantId: tenant_id, subject: license_id };
      await events.emit(trx, 'licence.expiring', eventOf(licence), options);
    }
  }

  function endingSoon(on: Knex | Transaction) {
    const now = clock.now();
    return (
      on('licensing_licences')
        .where({ status: 'active' })
        .whereBetween('valid_until', [now, now + noticeMs])
        // A licence that never was longer than the notice needs none at once.
        .whereRaw('valid_until - issued_at > ?', [noticeMs])
        .where((either) => either.whereNull('reminded_for').orWhereRaw('reminded_for <> valid_until'))
    );
  }
}
