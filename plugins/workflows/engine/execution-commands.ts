/** Commands of people for executions: cancel, suspend, resume, try again. In memory, in the database, or in another replica. */
import type { Clock } from '#core/kit.ts';
import type { Database, Transaction } from '#core/plugin.ts';
import { workflowErrors } from '../errors.ts';
import type { Run } from './model.ts';
import { unpacked } from './packed-log.ts';
import { MOVES, mayMove } from './states.ts';
import type { ExecutionRow } from './tables.ts';
import type { Transitions } from './transitions.ts';

export interface ExecutionCommands {
  /** Ends it, wherever it is. Throws `execution_not_found`, `has_ended`. */
  cancel(id: string): Promise<void>;
  suspend(id: string): Promise<void>;
  /** Throws `not_suspended`. */
  resume(id: string): Promise<void>;
  /** Goes on from the task that failed, with new keys for its calls. Throws `not_faulted`. */
  retry(id: string): Promise<void>;
}

export interface ExecutionCommandsOptions {
  db: Database;
  clock: Clock;
  /** The one in memory here, when it is loaded or about to be. */
  runOf(id: string): Promise<Run | undefined>;
  /** Whether it is in memory here, or about to be: then its row says less than the run does. */
  isHere(id: string): boolean;
  /** Whether another replica has it. */
  isElsewhere(row: ExecutionRow): boolean;
  transitions: Transitions;
  /** Told when an execution ended here without having been in memory. */
  ended(row: ExecutionRow): void;
  /** Told when there is something open again of the tenant. */
  opened(tenantId: string): void;
}

export function createExecutionCommands(options: ExecutionCommandsOptions): ExecutionCommands {
  const { db, clock, runOf, isHere, isElsewhere, transitions, ended, opened } = options;
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
      if (isHere(id)) return 'here';
      if (isElsewhere(row)) {
        await update(trx, id, { request: 'cancel' });
        return null;
      }
      return transitions.end(trx, row, 'cancel');
    });
    if (gone === 'here') return cancel(id);
    if (gone) ended(gone);
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
      if (isHere(id)) return true;
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
    opened(tenant_id);
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
    opened(tenant_id);
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
