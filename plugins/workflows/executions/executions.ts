/** Executions as people and programs see them: searching, looking at one, repeating, pruning. */
import type { Knex } from 'knex';
import { DAY_MS } from '#core/kit.ts';
import type { Services } from '#core/plugin.ts';
import type { Reach } from '../access.ts';
import type { WorkflowsConfig } from '../config.ts';
import { type Definitions, REMOVED } from '../definitions/definitions.ts';
import type { WorkflowSecrets } from '../definitions/secrets.ts';
import { correlationIdOf, keptText } from '../engine/correlations.ts';
import type { Engine, Started } from '../engine/engine.ts';
import { packedTasks, unpacked } from '../engine/packed-log.ts';
import type { TaskRecord } from '../engine/records.ts';
import { textsOf, withTexts } from '../engine/run.ts';
import { hiddenIn, maskedJson, secretTexts, shownOf, unsealed } from '../engine/secret-texts.ts';
import type { ExecutionRow, TaskRow, WaitRow } from '../engine/tables.ts';
import { workflowErrors } from '../errors.ts';
import { optionsOf } from '../language/definition.ts';
import { removeExecutions, removeWorkflow, stopAndRemove } from './removal.ts';

export interface WantedExecutions {
  statuses: readonly string[];
  namespace: string | undefined;
  name: string | undefined;
  /** When they were made, in milliseconds since the epoch. */
  from: number | undefined;
  to: number | undefined;
}

/** What a list shows: data may be a megabyte each, and stays away. */
const LISTED = ['seq', 'id', 'status', 'origin', 'replay_of', 'created_at', 'started_at', 'ended_at'] as const;

interface Address {
  namespace: string;
  name: string;
  version: string;
}
export type ListedExecution = Pick<ExecutionRow, (typeof LISTED)[number]> & Address;
export type FoundExecution = ExecutionRow & Address;

export interface Executions {
  /** Throws `execution_not_found`. */
  find(reach: Reach, id: string): Promise<FoundExecution>;
  /** Its log, in the order in which the tasks began. */
  tasksOf(execution: Pick<ExecutionRow, 'id' | 'log'>): Promise<TaskRow[]>;
  /** The same as rows of a query, for lists. */
  tasks(execution: Pick<ExecutionRow, 'id' | 'log'>): Knex.QueryBuilder;
  /** Values by which it is found. */
  correlationsOf(id: string): Promise<string[]>;
  /** Rows as `ListedExecution`, for lists; not many more than those that are `wanted`. */
  listed(reach: Reach, wanted: WantedExecutions): Promise<{ query: Knex.QueryBuilder }>;
  /** Narrows such rows to those that have the value, given or fixed for them. */
  withCorrelation(rows: Knex.QueryBuilder, value: string): void;
  /** A new execution with the same or another input; with `from`, what was done before that task is kept. */
  replay(reach: Reach, id: string, wish: { input?: unknown; from?: string }): Promise<Started>;
  /** Removes ended executions past their days and numbers, and what is left of others; gives how many executions. */
  prune(): Promise<number>;
  /** JSON of a row as it may be shown: opened, with secrets hidden. */
  shown(
    execution: Pick<ExecutionRow, 'definition_id' | 'tenant_id' | 'origin'>,
    /** After so many characters together, each is shown by its beginning. */
    most?: number,
  ): Promise<(text: string | null) => unknown>;
  /** The same JSON whole, however long it is. */
  opened(execution: Pick<ExecutionRow, 'definition_id' | 'tenant_id' | 'origin'>): Promise<(text: string) => string>;
  /** What it waits for now. */
  waitsOf(id: string): Promise<WaitRow[]>;
}

const BATCH = 200;
/** As the index of the others says it. */
const COMMON: readonly string[] = ['completed', 'pending', 'running'];
const UNUSUAL = "status not in ('completed', 'pending', 'running')";
/** Workflows of one name, of all tenants: more are not looked up beforehand. */
const MOST_WORKFLOWS = 500;
/** Clocks of replicas may differ by this much. */
const CLOCKS_DIFFER_MS = 5 * 60_000;
/** Where tasks that are tried alone have their executions. */
export const TRIED = { namespace: 'patchbay', name: 'try-task', version: '1.0.0' };
const HOUR_MS = 3_600_000;
const MB = 1024 * 1024;
/** A value longer than this is shown by its beginning. */
const MOST_SHOWN = 64 * 1024;
const BEGINNING = 1_000;

export function createExecutions(
  services: Services & {
    workflowDefinitions: Definitions;
    workflowSecrets: WorkflowSecrets;
    workflowEngine: Engine;
    config: WorkflowsConfig;
  },
): Executions {
  const { db, clock, config, workflowDefinitions, workflowSecrets } = services;
  workflowDefinitions.onRemove((workflowId) => stopAndRemove(services, workflowId));
  return { find, tasksOf, tasks, correlationsOf, listed, withCorrelation, replay, prune, shown, opened, waitsOf };

  function joined(reach: Reach, columns: readonly string[]) {
    const query = db
      .read('workflows_executions')
      .join('workflows_workflows', 'workflows_workflows.id', 'workflows_executions.workflow_id')
      // There is always one; said like this, a database leaves it out where it counts.
      .leftJoin('workflows_definitions', 'workflows_definitions.id', 'workflows_executions.definition_id')
      .select(
        ...columns.map((column) => `workflows_executions.${column}`),
        'workflows_workflows.namespace',
        'workflows_workflows.name',
        'workflows_definitions.version',
      );
    query.whereNot('workflows_workflows.tenant_id', REMOVED);
    if (reach !== null) query.where('workflows_executions.tenant_id', reach);
    return query;
  }

  function withCorrelation(rows: Knex.QueryBuilder, value: string): void {
    // SQLite takes a cross join in its order; it would rather walk through all executions of a tenant.
    rows.from(db.read.raw('workflows_correlations cross join ??', 'workflows_executions'));
    rows.whereRaw('workflows_correlations.execution_id = workflows_executions.id');
    rows.whereRaw('workflows_correlations.tenant_id = workflows_executions.tenant_id');
    rows.where('workflows_correlations.value', keptText(value));
  }

  async function find(reach: Reach, id: string): Promise<FoundExecution> {
    const row: FoundExecution | undefined = await joined(reach, ['*']).where('workflows_executions.id', id).first();
    if (!row) throw workflowErrors.execution_not_found();
    return row;
  }

  async function tasksOf({ id, log }: Pick<ExecutionRow, 'id' | 'log'>): Promise<TaskRow[]> {
    if (log !== null) return unpacked(log, id);
    return db.read('workflows_tasks').where({ execution_id: id }).orderBy('id');
  }

  function tasks({ id, log }: Pick<ExecutionRow, 'id' | 'log'>): Knex.QueryBuilder {
    return log === null ? db.read('workflows_tasks').where({ execution_id: id }) : packedTasks(db, log, id);
  }

  async function correlationsOf(id: string): Promise<string[]> {
    return db.read('workflows_correlations').where({ execution_id: id }).orderBy('value').pluck('value');
  }

  async function listed(reach: Reach, { statuses, namespace, name, from, to }: WantedExecutions) {
    const workflows = await workflowsOf(reach, { namespace, name });
    // Those are in reach, and with them their executions: looking at each one's tenant would take its row.
    const query = joined(workflows ? null : reach, LISTED);
    if (workflows) query.whereIn('workflows_executions.workflow_id', workflows);
    // The index of what did not end well, or waits, holds few.
    if (statuses.length > 0 && !statuses.some((status) => COMMON.includes(status))) {
      query.whereRaw(`workflows_executions.${UNUSUAL}`);
    }
    await narrowByTime(query, from, to);
    return { query };
  }

  /** Keys of those that are asked for; null when all are, or more than are looked up beforehand. */
  async function workflowsOf(
    reach: Reach,
    { namespace, name }: Pick<WantedExecutions, 'namespace' | 'name'>,
  ): Promise<number[] | null> {
    if (namespace === undefined && name === undefined) return null;
    const workflows = db.read('workflows_workflows').limit(MOST_WORKFLOWS + 1);
    if (reach !== null) workflows.where({ tenant_id: reach });
    if (namespace !== undefined) workflows.whereIn('namespace', namespace.split(','));
    if (name !== undefined) workflows.whereIn('name', name.split(','));
    const ids: number[] = await workflows.pluck('id');
    return ids.length <= MOST_WORKFLOWS ? ids : null;
  }

  /**
   * Executions come in the order of their times, but for what the clocks of replicas differ: so a time is a place in the
   * list, and the rows beside it need not be looked at.
   */
  async function narrowByTime(query: Knex.QueryBuilder, from: number | undefined, to: number | undefined) {
    const rows = () => db.read('workflows_executions').select('seq');
    if (from !== undefined) {
      const before = rows().where('created_at', '<', from - 2 * CLOCKS_DIFFER_MS);
      const last = await before.orderBy('created_at', 'desc').first();
      if (last) query.where('workflows_executions.seq', '>', last.seq);
    }
    if (to !== undefined) {
      const after = rows().where('created_at', '>=', to + 2 * CLOCKS_DIFFER_MS);
      const first = await after.orderBy('created_at').first();
      if (first) query.where('workflows_executions.seq', '<', first.seq);
    }
  }

  async function replay(
    reach: Reach,
    id: string,
    { input, from }: { input?: unknown; from?: string },
  ): Promise<Started> {
    const row = await find(reach, id);
    const workflow = await workflowDefinitions.byId(row.definition_id);
    let records: TaskRecord[] = [];
    const hidden = hiddenIn(services, id, [row.input]);
    if (from !== undefined) {
      const tasks = await tasksOf(row);
      const place = tasks.findIndex(({ reference }) => reference === from);
      // A composite task that goes around the one to begin with is done again too.
      records = tasks
        .slice(0, Math.max(0, place))
        .filter(
          ({ status, reference }) =>
            (status === 'completed' || status === 'skipped') && !from.startsWith(`${reference}/`),
        )
        .map(({ id: _id, ...record }) => record);
      hidden.push(...hiddenIn(services, id, records.flatMap(textsOf)));
    }
    const origin = { kind: 'replay', execution: id };
    const original = JSON.parse(unsealed(services, id, row.input));
    return services.workflowEngine.start({
      workflow,
      input: input ?? original,
      origin,
      correlationId: correlationIdOf(row),
      replayOf: id,
      // Sealed values are sealed for their execution.
      records: records.map((record) => withTexts(record, (text) => unsealed(services, id, text))),
      hidden,
      isDurable: true,
    });
  }

  async function prune(): Promise<number> {
    const before = clock.now() - config.keepDays * DAY_MS;
    await db.write('workflows_gathered').where('created_at', '<', before).delete();
    let removed = await pruneOlderThan(null, before);
    await pruneTries();
    for (const { id } of await db.read('workflows_workflows').where({ tenant_id: REMOVED }).select('id')) {
      await removeWorkflow(services, id);
    }
    const workflows = await db.read('workflows_workflows').whereNotNull('active_id');
    for (const row of workflows) {
      const { definition } = await workflowDefinitions.byId(row.active_id ?? 0);
      const { keep = {} } = optionsOf(definition);
      if (keep.days !== undefined) removed += await pruneOlderThan(row.id, clock.now() - keep.days * DAY_MS);
      removed += await pruneBeyond(row.id, keep.count ?? config.keepPerWorkflow);
      if (keep.megabytes !== undefined)
        removed += await pruneBeyond(row.id, await countWithin(row.id, keep.megabytes * MB));
    }
    return removed;
  }

  /** Each task that was tried has left a definition: those without an execution are of no use any more. */
  async function pruneTries(): Promise<void> {
    const before = clock.now() - HOUR_MS;
    const { namespace, name } = TRIED;
    for (const { id } of await db.read('workflows_workflows').where({ namespace, name }).select('id')) {
      for (;;) {
        const used = db.read('workflows_executions').where({ workflow_id: id }).distinct('definition_id');
        const unused = await db
          .read('workflows_definitions')
          .where({ workflow_id: id })
          .where('created_at', '<', before)
          .whereNotIn('id', used)
          .limit(BATCH)
          .pluck('id');
        if (unused.length === 0) break;
        await db.write('workflows_definitions').whereIn('id', unused).delete();
      }
    }
  }

  async function pruneOlderThan(workflowId: number | null, before: number): Promise<number> {
    return inBatches(() => {
      const query = prunable().where('ended_at', '<', before).limit(BATCH).select('id');
      if (workflowId !== null) query.where({ workflow_id: workflowId });
      return query;
    });
  }

  /** All but those whose outcome somebody will ask for. */
  function prunable() {
    const parent = db.read('workflows_executions as parent').select(db.read.raw('1')).whereNull('parent.ended_at');
    return db
      .read('workflows_executions')
      .where((own) =>
        own
          .whereNull('parent_id')
          .orWhere('origin', 'not like', '%"awaited":true%')
          .orWhereNotExists(parent.whereRaw('parent.id = workflows_executions.parent_id')),
      );
  }

  async function pruneBeyond(workflow_id: number, count: number): Promise<number> {
    return inBatches(async () => {
      const last = await db
        .read('workflows_executions')
        .where({ workflow_id })
        .whereNotNull('ended_at')
        .orderBy('seq', 'desc')
        .offset(count)
        .first('seq');
      if (!last) return [];
      const query = prunable().where({ workflow_id }).whereNotNull('ended_at');
      return query.where('seq', '<=', last.seq).limit(BATCH).select('id');
    });
  }

  /** How many of the newest ended executions have logs of so many bytes together. */
  async function countWithin(workflow_id: number, bytes: number): Promise<number> {
    let total = 0;
    let count = 0;
    for (let before = Number.MAX_SAFE_INTEGER; ; ) {
      const page: { id: string; seq: number; size: number }[] = await db
        .read('workflows_executions')
        .where({ workflow_id })
        .whereNotNull('ended_at')
        .where('seq', '<', before)
        .orderBy('seq', 'desc')
        .limit(BATCH)
        .select(
          'id',
          'seq',
          db.read.raw('length(input) + coalesce(length(output), 0) + coalesce(length(log), 0) as size'),
        );
      const sizes = await logSizes(page.map(({ id }) => id));
      for (const { id, size } of page) {
        total += Number(size) + (sizes.get(id) ?? 0);
        if (total > bytes) return count;
        count++;
      }
      const last = page.at(-1);
      if (!last || page.length < BATCH) return count;
      before = last.seq;
    }
  }

  async function logSizes(ids: string[]): Promise<Map<string, number>> {
    const rows: { execution_id: string; size: number }[] = await db
      .read('workflows_tasks')
      .whereIn('execution_id', ids)
      .groupBy('execution_id')
      .select('execution_id', db.read.raw('sum(coalesce(length(input), 0) + coalesce(length(output), 0)) as size'));
    return new Map(rows.map(({ execution_id, size }) => [execution_id, Number(size)]));
  }

  async function inBatches(some: () => PromiseLike<{ id: string }[]>): Promise<number> {
    let removed = 0;
    for (;;) {
      const ids = (await some()).map(({ id }) => id);
      if (ids.length === 0) return removed;
      await db.transaction((trx) => removeExecutions(trx, ids));
      removed += ids.length;
    }
  }

  async function shown(execution: Parameters<Executions['shown']>[0], most = Number.POSITIVE_INFINITY) {
    const open = await opened(execution);
    let left = most;
    return (text: string | null): unknown => {
      if (text === null) return null;
      const json = open(text);
      if (json.length > (left > 0 ? MOST_SHOWN : BEGINNING))
        return { truncated: true, bytes: json.length, beginning: json.slice(0, BEGINNING) };
      left -= json.length;
      return JSON.parse(json);
    };
  }

  async function opened({ definition_id, tenant_id, origin }: Parameters<Executions['opened']>[0]) {
    const names = await secretNames(definition_id);
    const own = JSON.parse(origin).$secrets;
    const secrets = [
      ...secretTexts(await workflowSecrets.values(tenant_id, names)),
      ...(own ? secretTexts(JSON.parse(services.secrets.open('workflows.start', own).toString())) : []),
    ];
    return (text: string): string => maskedJson(shownOf(text), secrets);
  }

  function waitsOf(id: string): Promise<WaitRow[]> {
    return db.read('workflows_waits').where({ execution_id: id }).orderBy('id');
  }

  async function secretNames(definitionId: number): Promise<readonly string[]> {
    const workflow = await workflowDefinitions.byId(definitionId).catch(() => null);
    return workflow?.definition.use?.secrets ?? [];
  }
}
