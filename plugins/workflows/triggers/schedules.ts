/** Starts workflows at the times of their schedules. Of what was missed while nothing ran, one is started. */
import { codeOf, isUnavailable, messageOf } from '#core/kit.ts';
import type { Services } from '#core/plugin.ts';
import type { ActiveWorkflow, Definitions } from '../definitions/definitions.ts';
import type { ScheduleRow } from '../definitions/tables.ts';
import type { Engine } from '../engine/engine.ts';
import type { WorkflowTenants } from '../engine/tenants.ts';
import { durationMs } from '../language/durations.ts';
import { CHANGED, FAR, nextRunAfter } from '../language/schedule-times.ts';
import { createClockSkew } from './clock-skew.ts';

export interface ScheduleRunner {
  begin(): Promise<void>;
  /** Resolves when nothing is being looked at any more. */
  end(): Promise<void>;
}

const LONGEST_SLEEP_MS = 60_000;
const RETRY_MS = 1_000;
const DUE_PER_LOOK = 200;
const SHORTEST_PAUSE_MS = 60_000;
/** A schedule whose workflow cannot be read is looked at again then. */
const UNREADABLE_MS = 3_600_000;

export function createScheduleRunner(
  services: Services & { workflowDefinitions: Definitions; workflowTenants: WorkflowTenants; workflowEngine: Engine },
): ScheduleRunner {
  const { db, clock, log, notices, workflowDefinitions, workflowTenants } = services;
  const clockSkew = createClockSkew(services);
  let isRunning = false;
  let cancelLook = (): void => {};
  let ends: (() => void)[] = [];
  let looking: Promise<void> | null = null;
  let lookAgain = false;
  workflowTenants.onChange((wereInactive) => {
    if (wereInactive.length > 0) wake();
  });
  services.workflowEngine.onPlanned(wake);

  return { begin, end };

  async function begin(): Promise<void> {
    isRunning = true;
    ends = [clock.onJump(wake), notices.on(CHANGED, wake), notices.onGap(wake)];
    wake();
  }

  async function end(): Promise<void> {
    isRunning = false;
    for (const fn of ends) fn();
    cancelLook();
    await looking;
  }

  function wake(): void {
    if (!isRunning) return;
    if (looking) {
      lookAgain = true;
      return;
    }
    cancelLook();
    looking = poll()
      .catch((error) => {
        log.error({ reason: messageOf(error) }, 'Schedules could not be read; it is tried again');
        return clock.now() + RETRY_MS;
      })
      .then((next) => {
        looking = null;
        const again = lookAgain;
        lookAgain = false;
        if (again) wake();
        else if (isRunning) cancelLook = clock.after(Math.min(next - clock.now(), LONGEST_SLEEP_MS), wake);
      });
  }

  /** Starts what is due; gives when to look again. */
  async function poll(): Promise<number> {
    const now = clock.now();
    await clockSkew.correctWhenDue();
    const due = await dueAt(now);
    const known = workflowTenants.inactive().length;
    for (const schedule of due) await startAlone(schedule, now);
    if (due.length === DUE_PER_LOOK || workflowTenants.inactive().length > known) return now;
    const [next] = await ofActive().orderBy('next_at').limit(1).select('next_at');
    return next?.next_at ?? FAR;
  }

  function dueAt(now: number): Promise<(ScheduleRow & { tenant_id: string })[]> {
    return ofActive()
      .where('next_at', '<=', now)
      .orderBy('next_at')
      .limit(DUE_PER_LOOK)
      .select('workflows_schedules.*', 'workflows_workflows.tenant_id');
  }

  /** Those of tenants that may run nothing now wait until they may. */
  function ofActive() {
    return db
      .write('workflows_schedules')
      .join('workflows_workflows', 'workflows_workflows.id', 'workflows_schedules.workflow_id')
      .whereNotIn('workflows_workflows.tenant_id', workflowTenants.inactive());
  }

  /** What is wrong with one schedule is nothing to the others. */
  async function startAlone(schedule: ScheduleRow & { tenant_id: string }, now: number): Promise<void> {
    const { workflow_id, next_at } = schedule;
    try {
      if ((await workflowTenants.standingOf(schedule.tenant_id)) !== 'active') return;
      await start(schedule, now);
    } catch (error) {
      if (isUnavailable(error)) throw error;
      log.error(
        { err: error, workflow: workflow_id },
        'A scheduled workflow cannot be read; it is tried again in an hour',
      );
      await db
        .write('workflows_schedules')
        .where({ workflow_id, next_at })
        .update({ next_at: now + UNREADABLE_MS });
    }
  }

  async function start({ workflow_id, next_at }: ScheduleRow, now: number): Promise<void> {
    const row = await db.read('workflows_workflows').where({ id: workflow_id }).first();
    if (!row?.enabled || row.active_id === null) {
      await db.write('workflows_schedules').where({ workflow_id }).delete();
      return;
    }
    const workflow = await workflowDefinitions.byId(row.active_id);
    const outcome = await begun(workflow, next_at);
    if (outcome === 'again') return;
    const next =
      nextRunAfter(workflow.definition, now, next_at) ?? (outcome === 'begun' ? FAR : now + pauseOf(workflow));
    await db.write('workflows_schedules').where({ workflow_id, next_at }).update({ next_at: next, last_at: next_at });
  }

  /** `again`: it stays due. What was refused waits for the next time. */
  async function begun(workflow: ActiveWorkflow, next_at: number): Promise<'begun' | 'refused' | 'again'> {
    const { row } = workflow;
    try {
      await services.workflowEngine.start({
        workflow,
        input: {},
        origin: { kind: 'schedule', at: new Date(next_at).toISOString() },
        // Two replicas, or a crash between here and the next line, start it once.
        startKey: `schedule:${row.id}:${next_at}`,
        isDurable: true,
      });
    } catch (error) {
      if (isUnavailable(error)) throw error;
      if (codeOf(error) === 'tenant_not_active' || codeOf(error) === 'stopping') return 'again';
      log.warn(
        { workflow: `${row.namespace}/${row.name}`, reason: messageOf(error) },
        'A workflow could not be started at the time of its schedule',
      );
      return 'refused';
    }
    return 'begun';
  }
}

/** Of `after`, when nothing has begun whose end it could count from. */
function pauseOf({ definition }: ActiveWorkflow): number {
  return Math.max(durationMs(definition.schedule?.after) ?? 0, SHORTEST_PAUSE_MS);
}
