/** Core's own scheduled work. */
import type { CronJob } from './jobs/cron.ts';

/** Files of deleted blobs go an hour later, so that a backup under way still finds them. */
export const sweepFiles: CronJob = {
  name: 'core.sweepFiles',
  summary: 'Deletes files that no blob points to any more',
  schedule: '17 * * * *',
  async run({ log }, { blobs }) {
    const swept = await blobs.sweep();
    if (swept > 0) log.info({ swept }, 'Deleted orphaned files');
  },
};

/** SQLite says nothing of damage until it meets it. */
export const checkDatabase = (check: () => Promise<string | null>): CronJob => ({
  name: 'core.checkDatabase',
  summary: 'Reads the whole SQLite file for damage',
  schedule: '41 3 * * *',
  async run() {
    const damage = await check();
    if (damage !== null) throw new Error(`The database is damaged: ${damage}`);
  },
});
