/** Licensing's scheduled work. Verification looks at the time itself and needs none of it. */
import { defineCron } from '#core/plugin.ts';

const BATCH = 200;

export const expireLicences = defineCron({
  name: 'licensing.expire',
  summary: 'Marks licences whose time is over, and announces it',
  schedule: '5 0 * * *',
  async run({ log }, { licences }) {
    const expired = await inBatches(() => licences.expireSome(BATCH));
    if (expired > 0) log.info({ expired }, 'Licences expired');
  },
});

export const remindCustomers = defineCron({
  name: 'licensing.remind',
  summary: 'Reminds customers whose licences end soon',
  schedule: '0 8 * * *',
  async run({ log }, { licenceReminders }) {
    const reminded = await inBatches(() => licenceReminders.remindSome(BATCH));
    if (reminded > 0) log.info({ reminded }, 'Customers are reminded of their licences');
  },
});

export const tidyLicensing = defineCron({
  name: 'licensing.tidy',
  summary: 'Removes leases that are over and sightings that the window has passed',
  schedule: '35 * * * *',
  async run(_run, { licenceLeases, licenceAbuse }) {
    await licenceLeases.removeOld();
    await licenceAbuse.forgetOld();
  },
});

async function inBatches(some: () => Promise<number>): Promise<number> {
  let total = 0;
  for (let count = BATCH; count === BATCH; total += count) count = await some();
  return total;
}
