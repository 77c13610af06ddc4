/** Wakes executions whose time has come. However many wait, one timer is in memory: that of the next look. */
import { isUnavailable, messageOf } from '#core/kit.ts';
import type { Backlog } from './backlog.ts';
import type { EngineContext } from './engine-context.ts';
import type { WaitRow } from './tables.ts';

export interface Waker {
  /** Something is due at this time; null is never. */
  wake(wakeAt: number | null): void;
  /** Looks at once. */
  poll(): void;
  /** The clock was set: what was planned is planned anew. */
  pollAnew(): void;
  /** A place is free: whoever found none may have it. */
  released(): void;
  end(): void;
}

const WAKES_PER_LOOK = 200;
const LONGEST_SLEEP_MS = 60_000;
const RETRY_MS = 1_000;
/** Until what is just being put away can be woken; longer each time that nothing could be. */
const BUSY_MS = { first: 20, longest: 1_000 };

type Result = 'woken' | 'busy' | 'passed';

/** `take`: goes on with one that is in nobody's memory. */
export function createWaker(context: EngineContext, take: Backlog['take']): Waker {
  const { db, clock, log, slots, backoff, tenants, runs, owner, isRunning, track } = context;
  let looking: Promise<void> | null = null;
  /** The earliest time that was poked for while a look was under way: its query may not have seen the row. */
  let meanwhile = Number.POSITIVE_INFINITY;
  let nextLook = Number.POSITIVE_INFINITY;
  let busyMs = BUSY_MS.first;
  /** Something due has found no place: the next one that is free is told of, and not asked for. */
  let isStarved = false;
  let cancel = (): void => {};
  return { wake, poll, pollAnew, released, end: () => cancel() };

  function wake(wakeAt: number | null): void {
    if (wakeAt === null || !isRunning()) return;
    if (looking) {
      meanwhile = Math.min(meanwhile, wakeAt);
      return;
    }
    if (wakeAt >= nextLook) return;
    const now = clock.now();
    cancel();
    if (wakeAt <= now) {
      poll();
      return;
    }
    nextLook = wakeAt;
    cancel = clock.after(Math.min(wakeAt - now, LONGEST_SLEEP_MS), poll);
  }

  function released(): void {
    if (isStarved) wake(0);
  }

  function pollAnew(): void {
    cancel();
    nextLook = Number.POSITIVE_INFINITY;
    poll();
  }

  function poll(): void {
    if (!isRunning()) return;
    if (looking) {
      meanwhile = Number.NEGATIVE_INFINITY;
      return;
    }
    looking = wakeDue()
      .catch((error) => {
        log.error({ err: error }, 'Waits could not be read; it is tried again');
        return clock.now() + RETRY_MS;
      })
      .then((next) => {
        looking = null;
        nextLook = Number.POSITIVE_INFINITY;
        const earliest = Math.min(next, meanwhile);
        meanwhile = Number.POSITIVE_INFINITY;
        wake(earliest);
      });
    track(looking);
  }

  /** Wakes those whose time has come; gives the time of the next look. */
  async function wakeDue(): Promise<number> {
    const now = clock.now();
    const known = tenants.inactive().length;
    isStarved = slots.left() <= 0 || slots.fullTenants().length > 0;
    const due = await dueWaits(now);
    const results: Result[] = [];
    for (const wait of due) results.push(await wokenAlone(wait));
    if (results.includes('woken')) busyMs = BUSY_MS.first;
    // A tenant that was found inactive is left out from here on.
    const isMore = due.length === WAKES_PER_LOOK || tenants.inactive().length > known;
    if (isMore && (results.includes('woken') || tenants.inactive().length > known)) return now;
    if (results.includes('busy')) {
      const wait = busyMs;
      busyMs = Math.min(2 * busyMs, BUSY_MS.longest);
      return now + wait;
    }
    const next = await db.write('workflows_waits').where('wake_at', '>', now).min({ at: 'wake_at' }).first();
    const latest = now + LONGEST_SLEEP_MS;
    return next?.at == null ? latest : Math.min(latest, Number(next.at));
  }

  /** What is wrong with one is nothing to the others. */
  async function wokenAlone(wait: WaitRow): Promise<Result> {
    try {
      return await woken(wait);
    } catch (error) {
      if (isUnavailable(error)) throw error;
      log.error({ err: error, execution: wait.execution_id }, 'An execution could not be woken; it is tried again');
      backoff.backOff(wait.execution_id, 0, messageOf(error));
      return 'passed';
    }
  }

  async function woken(wait: WaitRow): Promise<Result> {
    const { execution_id: id, tenant_id } = wait;
    const run = runs.get(id);
    if (run) return run.wake(wait) ? 'woken' : 'busy';
    if (slots.has(id)) return 'busy';
    if (!slots.hasRoom(tenant_id)) {
      isStarved = true;
      return 'passed';
    }
    if ((await tenants.standingOf(tenant_id)) !== 'active') return 'passed';
    const row = await db.write('workflows_executions').where({ id }).first();
    if (row?.status !== 'waiting') return 'passed';
    await take(row);
    return 'woken';
  }

  async function dueWaits(now: number): Promise<WaitRow[]> {
    const query = db
      .write('workflows_waits')
      .join('workflows_executions', 'workflows_executions.id', 'workflows_waits.execution_id')
      .where('workflows_waits.wake_at', '<=', now)
      .whereIn('workflows_executions.status', ['waiting', 'running'])
      .whereNotIn('workflows_waits.execution_id', backoff.ids())
      .orderBy('workflows_waits.wake_at')
      .limit(WAKES_PER_LOOK)
      .select('workflows_waits.*');
    // Those of a tenant that gets no place would fill the look, and nobody else would be woken. What is in memory is
    // woken in any case.
    const loaded = [...runs.keys()];
    const passed = [...slots.fullTenants(), ...tenants.inactive()];
    if (slots.left() <= 0) query.whereIn('workflows_waits.execution_id', loaded);
    else if (passed.length > 0) {
      query.where((row) =>
        row.whereNotIn('workflows_waits.tenant_id', passed).orWhereIn('workflows_waits.execution_id', loaded),
      );
    }
    if (owner === null) return query;
    return query.where((row) =>
      row
        .whereNull('workflows_executions.locked_until')
        .orWhere('workflows_executions.locked_until', '<', now)
        .orWhere('workflows_executions.locked_by', owner),
    );
  }
}
