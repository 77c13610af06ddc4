/** Commands of people for executions: cancel, suspend, resume, try again. In memory, in the database, or in another replica. */
import type { Transaction } from '#core/plugin.ts';
import { workflowErrors } from '../errors.ts';
import type { EngineContext } from './engine-context.ts';
import type { Run } from './model.ts';
import { unpacked } from './packed-log.ts';
import { MOVES, mayMove } from './states.ts';
import type { ExecutionRow } from './tables.ts';

export interface ExecutionCommands {
  /** Ends it, wherever it is. Throws `execution_not_found`, `has_ended`. */
  cancel(id: string): Promise<void>;
  suspend(id: string): Promise<void>;
  /** Throws `not_suspended`. */
  resume(id: string): Promise<void>;
  /** Goes on from the task that failed, with new keys for its calls. Throws `not_faulted`. */
  retry(id: string): Promise<void>;
}

export function createExecutionCommands(context: EngineContext): ExecutionCommands {
  const { db, clock, runs, slots, owner, transitions, events } = context;
  const { publish } = transitions;
  return { cancel, suspend, resume, retry };

  async function cancel(id: string): Promise<void> {
    const run = await runOf(id);
    if (run) {
      run.stop('cancelled');
      return;
    }
    const gone = await db.transaction(async (trx) => {
      const row = await locked(trx, id);
      if (!mayMove(MOVES.cancel, row)) throw workflowErrors.has_ended();
      if (slots.has(id)) return 'here';
      if (isElsewhere(row)) {
        await update(trx, id, { request: 'cancel' });
        return null;
      }
      return transitions.end(trx, row, 'cancel');
    });
    if (gone === 'here') return cancel(id);
    if (gone) events.ended(gone);
  }

  async function suspend(id: string): Promise<void> {
    const run = await runOf(id);
    if (run) {
      run.stop('suspended');
      return;
    }
    const isLoaded = await db.transaction(async (trx) => {
      const row = await locked(trx, id);
      if (!mayMove(MOVES.suspend, row)) throw workflowErrors.has_ended();
      if (slots.has(id)) return true;
      if (isElsewhere(row)) await update(trx, id, { request: 'suspend' });
      else {
        await update(trx, id, MOVES.suspend.written());
        if (row.status !== 'suspended') await publish(trx, row, MOVES.suspend.event);
      }
      return false;
    });
    if (isLoaded) await suspend(id);
  }

  async function resume(id: string): Promise<void> {
    const { tenant_id } = await db.transaction(async (trx) => {
      const row = await locked(trx, id);
      if (!mayMove(MOVES.resume, row)) throw workflowErrors.not_suspended();
      await update(trx, id, MOVES.resume.written(row));
      await publish(trx, row, MOVES.resume.event);
      return row;
    });
    events.opened(tenant_id);
  }

  async function retry(id: string): Promise<void> {
    const { tenant_id } = await db.transaction(async (trx) => {
      const row = await locked(trx, id);
      if (!mayMove(MOVES.retry, row)) throw workflowErrors.not_faulted();
      if (row.log !== null) {
        for (const { id: _place, ...record } of unpacked(row.log, id)) await trx('workflows_tasks').insert(record);
      }
      const undone = ['faulted', 'running', 'waiting'] as const;
      await trx('workflows_tasks').where({ execution_id: id }).whereIn('status', undone).delete();
      await update(trx, id, MOVES.retry.written(row, clock.now()));
      return row;
    });
    events.opened(tenant_id);
  }

  /** The run in memory; what is being read from the database is waited for. */
  async function runOf(id: string): Promise<Run | undefined> {
    while (slots.has(id) && !runs.has(id)) await new Promise((resolve) => setTimeout(resolve, 5));
    return runs.get(id);
  }

  /** Whether another replica has it. */
  function isElsewhere({ locked_by, locked_until }: ExecutionRow): boolean {
    return owner !== null && locked_by !== null && locked_by !== owner && (locked_until ?? 0) > clock.now();
  }
}

async function locked(trx: Transaction, id: string): Promise<ExecutionRow> {
  const row = await trx('workflows_executions').where({ id }).forUpdate().first();
  if (!row) throw workflowErrors.execution_not_found();
  return row;
}

async function update(trx: Transaction, id: string, patch: Partial<ExecutionRow>): Promise<void> {
  await trx('workflows_executions').where({ id }).update(patch);
}
