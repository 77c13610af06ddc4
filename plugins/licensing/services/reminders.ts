/** Reminders before a licence ends: once for each end, whenever the job runs. */
import type { Services } from '#core/plugin.ts';
import type { LicensingConfig } from '../config.ts';
import { DAY_MS } from './licences.ts';

export interface LicenceReminders {
  /** Queues mails for some licences that end soon; gives how many. */
  remindSome(limit: number): Promise<number>;
}

export function createReminders({ db, clock, jobs, config }: Services & { config: LicensingConfig }): LicenceReminders {
  const { daysBeforeExpiry } = config.customerMail;
  return {
    async remindSome(limit) {
      if (daysBeforeExpiry === 0) return 0;
      return db.transaction(async (trx) => {
        const now = clock.now();
        const query = trx('licensing_licences')
          .where({ status: 'active' })
          .whereBetween('valid_until', [now, now + daysBeforeExpiry * DAY_MS])
          // A licence that never was longer than the notice needs none at once.
          .whereRaw('valid_until - issued_at > ?', [daysBeforeExpiry * DAY_MS])
          .where((either) => either.whereNull('reminded_for').orWhereRaw('reminded_for <> valid_until'));
        if (db.client === 'pg') query.forUpdate().skipLocked();
        const soon = await query.limit(limit);
        for (const { id, license_id, valid_until } of soon) {
          await trx('licensing_licences').where({ id }).update({ reminded_for: valid_until });
          await jobs.enqueue(trx, 'licensing.remind', { license_id });
        }
        return soon.length;
      });
    },
  };
}
