/** Checkpoints: what executions have done, written together by group commit. */
import type { Knex } from 'knex';
import { type PlainCell, rowsWithTexts } from '#core/kit.ts';
import { defineBatch, type Services, type Transaction } from '#core/plugin.ts';
import type { EventInterest } from './event-interest.ts';
import { abandonAwaited } from './parent-child.ts';
import type { Checkpoint, Checkpoints } from './records.ts';

const EXECUTION_COLUMNS = [
  'id',
  'workflow_id',
  'definition_id',
  'tenant_id',
  'status',
  'priority',
  'input',
  'output',
  'error',
  'origin',
  'start_key',
  'slot',
  'parent_id',
  'depth',
  'root_id',
  'failures',
  'replay_of',
  'retries',
  'pins',
  'log',
  'locked_by',
  'locked_until',
  'created_at',
  'started_at',
  'ended_at',
] as const;
const CHANGING = [
  'status',
  'output',
  'error',
  'failures',
  'log',
  'locked_by',
  'locked_until',
  'started_at',
  'ended_at',
] as const;
const TASK_COLUMNS = [
  'execution_id',
  'reference',
  'instance',
  'status',
  'input',
  'output',
  'error',
  'context',
  'next',
  'attempts',
  'started_at',
  'ended_at',
] as const;
const TASK_CHANGING = ['status', 'output', 'error', 'context', 'next', 'attempts', 'started_at', 'ended_at'] as const;

/** Rows in one statement. */
const ROWS_PER_STATEMENT = 500;

interface Upsert {
  table: string;
  columns: readonly string[];
  conflict: string;
}

const EXECUTIONS = upsert('workflows_executions', EXECUTION_COLUMNS, ['id'], CHANGING);
const TASKS = upsert('workflows_tasks', TASK_COLUMNS, ['execution_id', 'reference', 'instance'], TASK_CHANGING);

export function createCheckpoints({
  db,
  events,
  jobs,
  workflowEvents,
}: Services & { workflowEvents: EventInterest }): Checkpoints {
  const saving = defineBatch<Checkpoint, void>({
    name: 'workflows.checkpoint',
    statement(items) {
      if (!items.every(isExecutionAlone)) return null;
      return insertOf(db.write, EXECUTIONS, latestExecutions(items));
    },
    async write(trx, items) {
      await refuseTakenOver(trx, items);
      await insert(trx, EXECUTIONS, latestExecutions(items));
      const tasks = new Map(
        items.flatMap((item) => item.tasks).map((row) => [`${row.execution_id} ${row.reference} ${row.instance}`, row]),
      );
      await insert(
        trx,
        TASKS,
        [...tasks.values()].map((row) => TASK_COLUMNS.map((name) => row[name])),
      );
      for (const item of items) await writeRest(trx, item);
      // After all that these executions wait for is there.
      const heard = await workflowEvents.wanted(
        trx,
        items.flatMap((item) => item.events),
      );
      await events.publishAll(trx, heard);
      return items.map(() => undefined);
    },
  });

  return { save: (checkpoint) => db.batch(saving, checkpoint) };

  /** Whoever was silent for too long has lost its executions: another replica goes on with them from what was saved. */
  async function refuseTakenOver(trx: Transaction, items: readonly Checkpoint[]): Promise<void> {
    const owned = items.flatMap(({ owner, execution }) => (owner && execution ? [{ owner, id: execution.id }] : []));
    const [first] = owned;
    if (!first) return;
    const ids = [...new Set(owned.map(({ id }) => id))];
    const rows = await trx('workflows_executions')
      .whereIn('id', ids)
      .where({ locked_by: first.owner })
      .forUpdate()
      .select('id');
    if (rows.length < ids.length) throw new Error('Another replica has taken over the execution');
  }

  async function writeRest(trx: Transaction, { newWaits, endedWaits, also = [] }: Checkpoint): Promise<void> {
    for (const { executionId, taskKey, isAbandoned } of endedWaits) {
      if (isAbandoned) await abandonAwaited(trx, { jobs }, { executionId, taskKey });
      const ended = trx('workflows_waits').where({ execution_id: executionId, task_key: taskKey });
      await trx('workflows_wait_types').whereIn('wait_id', ended.clone().select('id')).delete();
      await ended.delete();
    }
    for (const { types, ...wait } of newWaits) {
      const [row] = await trx('workflows_waits')
        .insert(wait)
        .onConflict(['execution_id', 'task_key'])
        .merge({ wake_at: wait.wake_at })
        .returning('id');
      if (!row || types.length === 0) continue;
      const typeRows = types.map((type) => ({ wait_id: row.id, type }));
      await trx('workflows_wait_types').insert(typeRows).onConflict(['type', 'wait_id']).ignore();
    }
    for (const work of also) await work(trx);
  }
}

/** Whether the row of the execution is all that has to be written. */
function isExecutionAlone({ execution, tasks, newWaits, endedWaits, events, also = [] }: Checkpoint): boolean {
  return execution !== null && [tasks, newWaits, endedWaits, events, also].every((list) => list.length === 0);
}

/** Cells of each execution as it is by the last checkpoint that has it. */
function latestExecutions(items: readonly Checkpoint[]): PlainCell[][] {
  const latest = new Map(items.flatMap(({ execution }) => (execution ? [[execution.id, execution] as const] : [])));
  return [...latest.values()].map((row) => EXECUTION_COLUMNS.map((name) => row[name]));
}

async function insert(trx: Transaction, target: Upsert, rows: readonly PlainCell[][]): Promise<void> {
  for (let start = 0; start < rows.length; start += ROWS_PER_STATEMENT) {
    const { sql, bindings } = insertOf(trx, target, rows.slice(start, start + ROWS_PER_STATEMENT));
    await trx.raw(sql, bindings);
  }
}

function insertOf(on: Knex, { table, columns, conflict }: Upsert, rows: readonly PlainCell[][]) {
  const { sql, bindings } = rowsWithTexts(on, columns.length, rows);
  return { sql: `insert into ${table} (${columns.join(', ')}) ${sql} ${conflict}`, bindings };
}

function upsert(
  table: string,
  columns: readonly string[],
  key: readonly string[],
  changing: readonly string[],
): Upsert {
  const changes = changing.map((name) => `${name} = excluded.${name}`).join(', ');
  return { table, columns, conflict: `on conflict (${key.join(', ')}) do update set ${changes}` };
}
