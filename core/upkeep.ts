/** Core's own scheduled work. */
import Type from 'typebox';
import type { CronJob } from './jobs/cron.ts';
import {
  deleteDeadLettersAbout,
  deleteDeadLettersOfErased,
  pruneDeadLetters,
  TENANT_DELETED,
} from './jobs/dead-letters.ts';
import { defineJob } from './jobs/job-type.ts';

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

/** Keys of requests that nobody repeats any more. */
export const forgetRequests: CronJob = {
  name: 'core.forgetRequests',
  summary: 'Deletes idempotency keys whose time is over',
  schedule: '23 * * * *',
  async run(_run, { db, clock }) {
    await db.write('core_once').where('expires_at', '<=', clock.now()).delete();
  },
};

/** Counts of which others begin anew by themselves. */
const forgetCounts: CronJob = {
  name: 'core.forgetCounts',
  summary: 'Deletes counts of tries whose time is over',
  schedule: '*/10 * * * *',
  async run(_run, { sharedCounts }) {
    if (sharedCounts.areNeeded) await sharedCounts.prune();
  },
};

/** Hours that no dashboard shows any more. */
export const forgetActivity: CronJob = {
  name: 'core.forgetActivity',
  summary: 'Deletes counts of what happened more than a month ago',
  schedule: '47 4 * * *',
  run: (_run, { activity }) => activity.prune(),
};

/** What a replica without a plugin has emitted, and what was kept while a plugin was off. */
const catchUpErasures: CronJob = {
  name: 'core.catchUpErasures',
  summary: 'Tells plugins of what was erased while they were off',
  schedule: '11 * * * *',
  async run(_run, { events }) {
    await events.catchUp({ moveOn: true });
  },
};

/** SQLite says nothing of damage until it meets it. */
const checkDatabase = (check: () => Promise<string | null>): CronJob => ({
  name: 'core.checkDatabase',
  summary: 'Reads the whole SQLite file for damage',
  schedule: '41 3 * * *',
  async run() {
    const damage = await check();
    if (damage !== null) throw new Error(`The database is damaged: ${damage}`);
  },
});

/** Lists show what was lost as such before this has noted it. */
export const tidyOperations: CronJob = {
  name: 'core.tidyOperations',
  summary: 'Marks long work whose process is gone, and deletes what it reported weeks ago',
  schedule: '29 * * * *',
  async run({ log }, { operations }) {
    await operations.recover();
    const removed = await operations.prune();
    if (removed > 0) log.info({ removed }, 'Deleted old operations');
  },
};

const forgetDeadLetters: CronJob = {
  name: 'core.forgetDeadLetters',
  summary: 'Deletes jobs that failed long ago, and those of tenants and people who are gone',
  schedule: '53 4 * * *',
  async run({ log }, services) {
    const deleted = (await pruneDeadLetters(services)) + (await deleteDeadLettersOfErased(services));
    if (deleted > 0) log.info({ deleted }, 'Deleted dead letters');
  },
};

/** All of it; `check` looks for damage of the SQLite file. */
export function coreCron(check: () => Promise<string | null>): CronJob[] {
  return [
    sweepFiles,
    forgetRequests,
    forgetCounts,
    forgetActivity,
    tidyOperations,
    forgetDeadLetters,
    catchUpErasures,
    checkDatabase(check),
  ];
}

export const forgetOperations = defineJob({
  name: 'core.forgetOperations',
  summary: 'Deletes the long work, the activity and the dead letters of a tenant that is gone',
  mustHappen: true,
  payload: Type.Object({ tenantid: Type.String() }),
  async run({ tenantid }, _job, services) {
    await services.operations.removeOfTenant(tenantid);
    await services.activity.removeOfTenant(tenantid);
    await deleteDeadLettersAbout(services, { type: TENANT_DELETED, tenantid });
  },
});
