/** The life of the engine beside the executions: leases between replicas, tenants that come and go, begin and end. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Backlog } from './backlog.ts';
import type { EngineContext } from './engine-context.ts';
import type { Waker } from './waker.ts';

export interface LeaseLoop {
  begin(): Promise<void>;
  /** Stops what runs, and waits until it has. */
  end(): Promise<void>;
  /** Resolves when nothing runs and nothing is due. */
  idle(): Promise<void>;
}

const RENEW_MS = 5_000;
const LOOK_MS = 1_000;
/** A task that does not hear that it should stop is left behind after this. */
const LONGEST_END_MS = 5_000;
/** Many rows of people change in a second; whether their tenants may run anything is asked so often. */
const CHECK_MS = 250;

export function createLeaseLoop(context: EngineContext, backlog: Backlog, waker: Waker): LeaseLoop {
  const { db, clock, log, runs, underWay, tenants, backoff, events, owner, leaseMs, isRunning, track } = context;
  let renewTimer: NodeJS.Timeout | undefined;
  let lookTimer: NodeJS.Timeout | undefined;
  let stopJumps = (): void => {};
  let isChecking = false;
  let checkAgain = false;
  tenants.onChange((wereInactive) => {
    if (!isRunning()) return;
    check();
    if (wereInactive.length === 0) return;
    events.opened(null);
    waker.poll();
  });

  return { begin, end, idle };

  async function begin(): Promise<void> {
    stopJumps = clock.onJump(() => {
      waker.pollAnew();
      backlog.pump();
    });
    events.opened(null);
    waker.poll();
    if (owner === null) return;
    // Of the real time, not the clock's: it is about other processes.
    renewTimer = setInterval(() => {
      track(renew().catch((error) => log.error({ err: error }, 'Leases of executions could not be renewed')));
    }, RENEW_MS);
    lookTimer = setInterval(waker.poll, LOOK_MS);
    renewTimer.unref();
    lookTimer.unref();
  }

  /** Says that this process is alive, and hears what others ask of its executions. */
  async function renew(): Promise<void> {
    const locked_until = clock.now() + leaseMs;
    const ids = [...runs.keys()];
    for (const run of runs.values()) run.execution.locked_until = locked_until;
    if (ids.length > 0) {
      await db.write('workflows_executions').whereIn('id', ids).where({ locked_by: owner }).update({ locked_until });
      const asked = await db
        .write('workflows_executions')
        .whereIn('id', ids)
        .whereNotNull('request')
        .select('id', 'request');
      for (const { id, request } of asked) runs.get(id)?.stop(request === 'cancel' ? 'cancelled' : 'suspended');
    }
    // What was changed by another process is heard of here at the latest.
    tenants.invalidate();
    check();
    // Slots may have become free in another replica.
    backlog.unblock();
    events.opened(null);
  }

  /** Stops what runs of tenants that may run nothing any more; never twice at once. */
  function check(): void {
    checkAgain = true;
    if (isChecking) return;
    isChecking = true;
    void checkTenants()
      .catch((error) => log.error({ err: error }, 'Whether tenants may run workflows could not be read'))
      .finally(() => {
        isChecking = false;
      });
  }

  async function checkTenants(): Promise<void> {
    while (checkAgain && isRunning()) {
      checkAgain = false;
      for (const tenantId of new Set([...runs.values()].map(({ execution }) => execution.tenant_id))) {
        const standing = await tenants.standingOf(tenantId);
        if (standing === 'active') continue;
        for (const run of runs.values()) {
          if (run.execution.tenant_id === tenantId) run.stop(standing === 'gone' ? 'erased' : 'held');
        }
      }
      await pause(CHECK_MS, undefined, { ref: false });
    }
  }

  async function end(): Promise<void> {
    stopJumps();
    waker.end();
    clearInterval(renewTimer);
    clearInterval(lookTimer);
    for (const run of runs.values()) run.stop('shutdown');
    // Real time, not the clock's: the process ends whatever a test does with its time.
    const patience = pause(LONGEST_END_MS, true, { ref: false });
    while (underWay.size > 0) {
      const isLate = await Promise.race([Promise.allSettled([...underWay]).then(() => false), patience]);
      if (!isLate) continue;
      log.warn({ left: underWay.size }, 'Executions did not stop in time; the next start continues them');
      return;
    }
  }

  async function idle(): Promise<void> {
    for (;;) {
      while (underWay.size > 0) await Promise.allSettled([...underWay]);
      const open = await db
        .write('workflows_executions')
        .whereIn('status', ['pending', 'running'])
        .whereNotIn('tenant_id', tenants.inactive())
        .whereNotIn('id', backoff.ids())
        .first('id');
      if (!open || backlog.isBlocked()) return;
      backlog.pump();
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }
}
