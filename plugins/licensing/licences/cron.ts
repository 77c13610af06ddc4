/** Scheduled work of licences: their end, and reminders before it. Verification looks at the time itself and needs none of it. */
import { refuseFailures } from '#core/kit.ts';
import { defineCron } from '#core/plugin.ts';
import type { LicencesScope } from './services.ts';

const BATCH = 200;

export const expireLicences = defineCron({
  name: 'licensing.expire',
  summary: 'Marks licences whose time is over, and announces it; takes back what a clock that was ahead has marked',
  schedule: '5 0 * * *',
  async run({ log }, { licences }: LicencesScope) {
    const early = await licences.reinstateSome(BATCH);
    if (early.done > 0)
      log.warn({ reinstated: early.done }, 'Licences were marked as over too early, and are active again');
    refuseFailures('Reinstating licences', early);
    const outcome = await licences.expireSome(BATCH);
    if (outcome.done > 0) log.info({ expired: outcome.done }, 'Licences expired');
    refuseFailures('Expiring licences', outcome);
  },
});

export const remindCustomers = defineCron({
  name: 'licensing.remind',
  summary: 'Reminds customers whose licences end soon',
  schedule: '0 8 * * *',
  async run({ log }, { reminders }: LicencesScope) {
    const outcome = await reminders.remindSome(BATCH);
    if (outcome.done > 0) log.info({ reminded: outcome.done }, 'Customers are reminded of their licences');
    refuseFailures('Reminding customers', outcome);
  },
});
