/**
 * Clock skew: what was planned while the clock was ahead: schedules whose next time is farther away than one of their intervals, and
 * timers that began in the future, and executions of a replica that died with such a clock. When the clock is right again
 * they would rest until that time has come.
 */
import type { Services } from '#core/plugin.ts';
import type { Definitions } from '../definitions/definitions.ts';
import type { Engine } from '../engine/engine.ts';
import type { Definition } from '../language/definition.ts';
import { durationMs } from '../language/durations.ts';
import { FAR, nextRunAfter } from '../language/schedule-times.ts';

export interface ClockSkew {
  /** Takes back what is wrong: at the start, when the clock has gone back, and every hour. */
  correctWhenDue(): Promise<void>;
}

/** Clocks of replicas differ by less, and leases are shorter. */
const TOLERANCE_MS = 60_000;
/** Where another replica's clock was wrong, this one has seen nothing of it. */
const INTERVAL_MS = 3_600_000;
const PAGE = 200;

export function createClockSkew(
  services: Services & { workflowDefinitions: Definitions; workflowEngine: Engine },
): ClockSkew {
  const { db, clock, log, workflowDefinitions } = services;
  let latest = Number.NEGATIVE_INFINITY;
  let lookedAt = Number.NEGATIVE_INFINITY;
  return { correctWhenDue };

  async function correctWhenDue(): Promise<void> {
    const now = clock.now();
    const wentBack = now < latest - TOLERANCE_MS;
    latest = wentBack ? now : Math.max(latest, now);
    if (!wentBack && now - lookedAt < INTERVAL_MS) return;
    lookedAt = now;
    await takeBackSchedules(now);
    await takeBackTimers(now);
    await takeBackLeases(now);
  }

  async function takeBackSchedules(now: number): Promise<void> {
    for (let after = 0; ; ) {
      const page = await db
        .read('workflows_schedules')
        .join('workflows_workflows', 'workflows_workflows.id', 'workflows_schedules.workflow_id')
        .where('workflow_id', '>', after)
        .where('next_at', '>', now + TOLERANCE_MS)
        .whereNot('next_at', FAR)
        .orderBy('workflow_id')
        .limit(PAGE)
        .select('workflow_id', 'next_at', 'active_id', 'namespace', 'name');
      for (const row of page) {
        after = row.workflow_id;
        const right = await latestFor(row.active_id, now).catch(() => null);
        if (right === null || row.next_at <= right + TOLERANCE_MS) continue;
        const { workflow_id, next_at } = row;
        await db.write('workflows_schedules').where({ workflow_id, next_at }).update({ next_at: right });
        await freeTimes(workflow_id, now);
        log.warn(
          { workflow: `${row.namespace}/${row.name}`, planned: next_at, next: right },
          'A schedule was planned by a clock that was ahead; it is planned again',
        );
      }
      if (page.length < PAGE) return;
    }
  }

  /** What that clock has begun stands for a time that is still to come, and would keep its run from beginning. */
  async function freeTimes(workflow_id: number, now: number): Promise<void> {
    await db
      .write('workflows_executions')
      .where({ workflow_id })
      .where('created_at', '>', now + TOLERANCE_MS)
      .whereLike('start_key', 'schedule:%')
      .update({ start_key: null });
  }

  /** The latest time at which the schedule can come next; null when it has none. */
  async function latestFor(definitionId: number | null, now: number): Promise<number | null> {
    if (definitionId === null) return null;
    const { definition } = await workflowDefinitions.byId(definitionId);
    return nextRunAfter(definition, now) ?? afterEnd(definition, now);
  }

  function afterEnd({ schedule }: Definition, now: number): number | null {
    const after = schedule?.after === undefined ? null : durationMs(schedule.after);
    return after === null ? null : now + after;
  }

  /** One that lives on has said so again by the time that another one looks, or finds at its next checkpoint that it is late. */
  async function takeBackLeases(now: number): Promise<void> {
    const freed = await db
      .write('workflows_executions')
      .where({ status: 'running' })
      .where('locked_until', '>', now + 2 * TOLERANCE_MS)
      .update({ locked_until: 0 });
    if (freed > 0) log.warn({ executions: freed }, 'Executions were held by a clock that was ahead; they are free');
  }

  /** An approval keeps the time at which it was asked for, by which its link is known, but not the one at which it ends. */
  async function takeBackTimers(now: number): Promise<void> {
    const wrong = await db
      .read('workflows_waits')
      .where('created_at', '>', now + TOLERANCE_MS)
      .where((wait) => wait.whereNot({ kind: 'approval' }).orWhereRaw('?? > ??', ['wake_at', 'created_at']))
      .select('id', 'execution_id', 'kind', 'created_at', 'wake_at');
    const ids = [...new Set(wrong.map(({ execution_id }) => execution_id))];
    if (ids.length === 0) return;
    for (const { id, kind, created_at, wake_at } of wrong) {
      const ahead = Number(created_at) - now;
      const due = wake_at === null ? null : Math.max(0, Number(wake_at) - ahead);
      const begun = kind === 'approval' ? {} : { created_at: now };
      await db
        .write('workflows_waits')
        .where({ id })
        .update({ ...begun, wake_at: due });
    }
    for (const id of ids) {
      const begun = { started_at: now };
      const isAhead = ['started_at', '>', now + TOLERANCE_MS] as const;
      await db
        .write('workflows_tasks')
        .where({ execution_id: id })
        .whereNull('ended_at')
        .where(...isAhead)
        .update(begun);
      await db
        .write('workflows_executions')
        .where({ id })
        .where(...isAhead)
        .update(begun);
    }
    log.warn({ executions: ids.length }, 'Executions waited by a clock that was ahead; they wait by this one');
    services.workflowEngine.reload(ids);
    services.workflowEngine.wake(0);
  }
}
