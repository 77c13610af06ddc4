/** Wakes executions whose time has come. However many wait, one timer is in memory: that of the next look. */
import type { Services } from '#core/plugin.ts';
import type { WaitRow } from '../tables.ts';
import type { Backlog } from './backlog.ts';
import type { Places } from './places.ts';
import type { Run } from './run.ts';

export interface Waker {
  /** Something is due at this time; null is never. */
  poke(wakeAt: number | null): void;
  /** Looks at once. */
  look(): void;
  /** The clock was set: what was planned is planned anew. */
  lookAnew(): void;
  end(): void;
}

export interface WakerOptions extends Pick<Services, 'db' | 'clock' | 'log'> {
  places: Places;
  runs: ReadonlyMap<string, Run>;
  owner: string | null;
  isRunning(): boolean;
  take: Backlog['take'];
  track(work: Promise<unknown>): void;
}

const WAKES_PER_LOOK = 200;
const LONGEST_SLEEP_MS = 60_000;
const RETRY_MS = 1_000;
/** Until what is just being put away can be woken, or a place is free. */
const BUSY_MS = 20;

export function createWaker({ db, clock, log, places, runs, owner, isRunning, take, track }: WakerOptions): Waker {
  let looking: Promise<void> | null = null;
  /** The earliest time that was poked for while a look was under way: its query may not have seen the row. */
  let meanwhile = Number.POSITIVE_INFINITY;
  let nextLook = Number.POSITIVE_INFINITY;
  let cancel = (): void => {};
  return { poke, look, lookAnew, end: () => cancel() };

  function poke(wakeAt: number | null): void {
    if (wakeAt === null || !isRunning()) return;
    if (looking) {
      meanwhile = Math.min(meanwhile, wakeAt);
      return;
    }
    if (wakeAt >= nextLook) return;
    const now = clock.now();
    cancel();
    if (wakeAt <= now) {
      look();
      return;
    }
    nextLook = wakeAt;
    cancel = clock.after(Math.min(wakeAt - now, LONGEST_SLEEP_MS), look);
  }

  function lookAnew(): void {
    cancel();
    nextLook = Number.POSITIVE_INFINITY;
    look();
  }

  function look(): void {
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
        poke(earliest);
      });
    track(looking);
  }

  /** Wakes those whose time has come; gives the time of the next look. */
  async function wakeDue(): Promise<number> {
    const now = clock.now();
    const full = places.fullTenants();
    const due = await dueWaits(now, full);
    let isBusy = full.length > 0;
    for (const wait of due) {
      const run = runs.get(wait.execution_id);
      if (run) {
        if (!run.wake(wait)) isBusy = true;
        continue;
      }
      if (places.has(wait.execution_id) || !places.hasRoom(wait.tenant_id)) {
        isBusy = true;
        continue;
      }
      const row = await db.write('workflows_executions').where({ id: wait.execution_id }).first();
      if (row?.status === 'waiting') await take(row);
    }
    if (isBusy) return now + BUSY_MS;
    if (due.length === WAKES_PER_LOOK) return now;
    const next = await db.write('workflows_waits').where('wake_at', '>', now).min({ at: 'wake_at' }).first();
    const latest = now + LONGEST_SLEEP_MS;
    return next?.at == null ? latest : Math.min(latest, Number(next.at));
  }

  async function dueWaits(now: number, full: readonly string[]): Promise<WaitRow[]> {
    const query = db
      .write('workflows_waits')
      .join('workflows_executions', 'workflows_executions.id', 'workflows_waits.execution_id')
      .where('workflows_waits.wake_at', '<=', now)
      .whereIn('workflows_executions.status', ['waiting', 'running'])
      .orderBy('workflows_waits.wake_at')
      .limit(WAKES_PER_LOOK)
      .select('workflows_waits.*');
    // Those of a tenant that has all its places would fill the look, and nobody else would be woken. What is in memory
    // is woken in any case.
    if (full.length > 0) {
      query.where((row) =>
        row.whereNotIn('workflows_waits.tenant_id', full).orWhereIn('workflows_waits.execution_id', [...runs.keys()]),
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
