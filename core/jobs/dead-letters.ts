/** Dead letters are kept for a while, for whoever mends their cause, and go with whom they tell of. Table: core_jobs. */
import type { Knex } from 'knex';
import { likePattern } from '../database/pagination.ts';
import { DAY_MS } from '../iso-time.ts';
import type { Services } from '../services.ts';

/** Told by whichever plugin has tenants. */
export const TENANT_DELETED = 'tenant.deleted';
const STEP = 500;
/** A job of somebody who is gone may fail for the last time days after them. */
const ERASURES_FOR_MS = 14 * DAY_MS;
const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;

/** What of the event counts that tells who is gone. */
interface Erasure {
  type: string;
  /** The id of the person. */
  subject?: string;
  /** That of the organisation. */
  tenantid?: string;
}

type Needed = Pick<Services, 'db' | 'clock' | 'jobs' | 'coreConfig'>;

/** Deletes dead letters whose time is over; gives how many. What has to happen is never one of them for long. */
export async function pruneDeadLetters({ db, clock, jobs, coreConfig }: Needed): Promise<number> {
  const { keepDeadDays } = coreConfig.jobs;
  if (keepDeadDays === 0) return 0;
  const before = clock.now() - keepDeadDays * DAY_MS;
  // Their last failure put the time of the next try there, an hour later at most.
  return deleteInSteps(db, () =>
    db.read('core_jobs').where('run_at', '<', before).whereNotIn('name', jobs.mustHappen()),
  );
}

/** Deletes the dead letters of tenants and people who have gone lately; gives how many. */
export async function deleteDeadLettersOfErased({ db, clock, jobs }: Needed): Promise<number> {
  const since = clock.now() - ERASURES_FOR_MS;
  const rows = await db.read('core_erasures').where('created_at', '>', since).select('event');
  let deleted = 0;
  for (const { event } of rows) deleted += await deleteDeadLettersAbout({ db, jobs }, JSON.parse(event));
  return deleted;
}

/** Deletes the dead letters that name who is gone: by their lane, or anywhere in what they carry. Gives how many. */
export async function deleteDeadLettersAbout(
  { db, jobs }: Pick<Needed, 'db' | 'jobs'>,
  { type, subject, tenantid }: Erasure,
): Promise<number> {
  const id = type === TENANT_DELETED ? tenantid : subject;
  // A short id would be found in what has nothing to do with it.
  if (!id || !UUID.test(id)) return 0;
  return deleteInSteps(db, () =>
    db
      .read('core_jobs')
      .where((either) => either.where({ lane: id }).orWhereRaw(`payload like ? escape '\\'`, [likePattern(id)]))
      .whereNotIn('name', jobs.mustHappen()),
  );
}

async function deleteInSteps(db: Services['db'], found: () => Knex.QueryBuilder): Promise<number> {
  let deleted = 0;
  for (;;) {
    const ids: number[] = await found().whereRaw("state = 'dead'").orderBy('id').limit(STEP).pluck('id');
    // One that has been given another chance meanwhile is left to it.
    if (ids.length > 0) deleted += await db.write('core_jobs').whereIn('id', ids).whereRaw("state = 'dead'").delete();
    if (ids.length < STEP) return deleted;
  }
}
