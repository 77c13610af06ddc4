/** Reminders before a licence ends: once for each end, whenever the job runs. */
import type { Knex } from 'knex';
import type { Transaction } from '#core/database/database.ts';
import { type Done, eachAlone } from '#core/database/each-alone.ts';
import type { Services } from '#core/plugin.ts';
import type { LicensingConfig } from '../config.ts';
import { type Ending, idsOf, nextEnding } from './endings.ts';
import { DAY_MS } from './licences.ts';

export interface LicenceReminders {
  /** Queues mails for licences that end soon, so many at once. */
  remindSome(size: number): Promise<Done>;
}

export function createReminders(services: Services & { config: LicensingConfig }): LicenceReminders {
  const { db, clock, log, jobs, config } = services;
  const noticeMs = config.customerMail.daysBeforeExpiry * DAY_MS;
  return { remindSome };

  async function remindSome(size: number): Promise<Done> {
    if (noticeMs === 0) return { done: 0, failed: 0 };
    return eachAlone<Ending>({
      size,
      log,
      failure: 'A customer could not be reminded of a licence',
      next: (after, most) => nextEnding(endingSoon(db.write), after, most),
      work: { group: (some) => db.transaction((trx) => remind(trx, idsOf(some))) },
    });
  }

  async function remind(trx: Transaction, ids: number[]): Promise<void> {
    const query = endingSoon(trx).whereIn('id', ids).orderBy('id');
    if (db.client === 'pg') query.forUpdate().skipLocked();
    for (const { id, license_id, valid_until } of await query) {
      await trx('licensing_licences').where({ id }).update({ reminded_for: valid_until });
      await jobs.enqueue(trx, 'licensing.remind', { license_id });
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
