/** Licensing's scheduled work: licences whose time is over. Verification looks at the time itself and needs no cron. */
import { defineCron } from '#core/plugin.ts';

const BATCH = 200;

export const expireLicences = defineCron({
  name: 'licensing.expire',
  summary: 'Marks licences whose time is over, and announces it',
  schedule: '5 0 * * *',
  async run({ log }, { licences }) {
    let expired = 0;
    for (let count = BATCH; count === BATCH; expired += count) count = await licences.expireSome(BATCH);
    if (expired > 0) log.info({ expired }, 'Licences expired');
  },
});
