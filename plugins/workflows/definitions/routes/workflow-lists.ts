/** Workflows in rows, each with the newest of its executions, and versions of one. */

import Type, { type Static } from 'typebox';
import { isoTime } from '#core/kit.ts';
import { listRoute, versionOf } from '#core/plugin.ts';
import { READ, tenantOf } from '../../access.ts';
import { PHASES } from '../../language/phases.ts';
import { plannedAt } from '../../language/schedule-times.ts';
import { Time } from '../../time-view.ts';
import type { DefinitionsScope } from '../services.ts';
import type { DefinitionRow, WorkflowRow } from '../tables.ts';
import { whereTagged } from '../tags.ts';
import { Address } from './address.ts';

const ListedWorkflow = Type.Object({
  namespace: Type.String(),
  name: Type.String(),
  version: Type.Union([Type.String(), Type.Null()], {
    description: 'The active one; null while there are drafts alone',
  }),
  enabled: Type.Boolean(),
  draft: Type.Boolean(),
  tags: Type.Record(Type.String(), Type.Unknown(), { examples: [{ team: 'billing' }] }),
  hook: Type.Enum(['closed', 'signed', 'open']),
  created_at: Time,
  updated_at: Time,
  next_run_at: Time,
  last_execution: Type.Union([
    Type.Object({ id: Type.String(), status: Type.Enum([...PHASES]), created_at: Time }),
    Type.Null(),
  ]),
  etag: Type.String({ description: 'For `If-Match`' }),
});

const ListedVersion = Type.Object({
  id: Type.Integer(),
  version: Type.String(),
  revision: Type.Integer(),
  active: Type.Boolean(),
  created_at: Time,
});

export const workflowLists = [
  listRoute({
    path: '/api/platform/workflows',
    access: READ,
    summary: 'Workflows by name, with their last execution and when they run next',
    item: ListedWorkflow,
    columns: {
      namespace: { type: 'text', column: 'workflows_workflows.namespace', filter: 'equals' },
      name: { type: 'text', column: 'workflows_workflows.name', filter: 'prefix', sort: true },
      enabled: { type: 'boolean', column: 'workflows_workflows.enabled', filter: 'equals' },
      hook: {
        type: 'text',
        column: 'workflows_workflows.hook',
        filter: 'equals',
        values: ['closed', 'signed', 'open'],
        description: 'Who can start it by its address under /hooks',
      },
      tag: {
        type: 'text',
        filter: 'equals',
        description: 'A tag of `document.tags`: `team`, or `team:billing`',
        narrow: (rows, [tag = ''], { db }) => whereTagged(rows, db.client, tag),
      },
      updated_at: { type: 'time', column: 'workflows_workflows.updated_at', filter: 'range', sort: true },
    },
    key: 'workflows_workflows.id',
    sort: 'name',
    rows: ({ principal }, { db }: DefinitionsScope) =>
      db
        .read('workflows_workflows')
        .leftJoin('workflows_definitions', 'workflows_definitions.id', 'workflows_workflows.active_id')
        .where('workflows_workflows.tenant_id', tenantOf(principal))
        .select('workflows_workflows.*', 'workflows_definitions.version as active_version'),
    async items(rows: ListedRow[], { db }: DefinitionsScope) {
      const ids = rows.map(({ id }) => id);
      const last = await lastExecutions(db, ids);
      const schedules = await db.read('workflows_schedules').whereIn('workflow_id', ids);
      const nextOf = new Map(schedules.map((schedule) => [schedule.workflow_id, plannedAt(schedule.next_at)]));
      return rows.map((row) => listedWorkflow(row, nextOf.get(row.id) ?? null, last.get(row.id)));
    },
  }),
  listRoute({
    path: '/api/platform/workflows/{namespace}/{name}/versions',
    access: READ,
    summary: 'Versions of a workflow, newest first',
    params: Address,
    item: ListedVersion,
    columns: {
      version: { type: 'text', column: 'workflows_definitions.version', filter: 'equals' },
      created_at: { type: 'time', column: 'workflows_definitions.created_at', filter: 'range', sort: true },
    },
    key: 'workflows_definitions.id',
    async rows({ params, principal }, { db, workflowDefinitions }: DefinitionsScope) {
      const { row } = await workflowDefinitions.get(tenantOf(principal), params.namespace, params.name);
      const columns = (['id', 'version', 'revision', 'created_at'] as const).map(
        (name) => `workflows_definitions.${name}`,
      );
      const query = db
        .read('workflows_definitions')
        .join('workflows_workflows', 'workflows_workflows.id', 'workflows_definitions.workflow_id')
        .where('workflows_definitions.workflow_id', row.id)
        .select(...columns, 'workflows_workflows.active_id');
      return { query };
    },
    items: (rows: (DefinitionRow & Pick<WorkflowRow, 'active_id'>)[]) =>
      rows.map(({ id, version, revision, created_at, active_id }) => ({
        id,
        version,
        revision,
        active: id === active_id,
        created_at: isoTime(created_at),
      })),
  }),
];

type ListedRow = WorkflowRow & { active_version: string | null };
type LastExecution = NonNullable<Static<typeof ListedWorkflow>['last_execution']>;

function listedWorkflow(
  { active_version, ...row }: ListedRow,
  nextRunAt: number | null,
  last: LastExecution | undefined,
): Static<typeof ListedWorkflow> {
  const { namespace, name, enabled, active_id, tags, hook } = row;
  return {
    namespace,
    name,
    version: active_version,
    enabled: enabled === 1,
    draft: active_id === null,
    hook,
    tags: JSON.parse(tags),
    created_at: isoTime(row.created_at),
    updated_at: isoTime(row.updated_at),
    next_run_at: isoTime(nextRunAt),
    last_execution: last ?? null,
    etag: versionOf(row),
  };
}

/** The newest of each workflow, whatever became of it. */
async function lastExecutions(
  { read }: DefinitionsScope['db'],
  ids: readonly number[],
): Promise<Map<number, LastExecution>> {
  // One look into an index for each, where a maximum by groups would read all of them.
  const newest = read('workflows_workflows')
    .whereIn('id', [...ids])
    .select(
      read.raw(
        '(select seq from workflows_executions where workflow_id = workflows_workflows.id order by seq desc limit 1) as seq',
      ),
    );
  const rows = await read('workflows_executions')
    .whereIn('seq', newest)
    .select('workflow_id', 'id', 'status', 'created_at');
  return new Map(
    rows.map(({ workflow_id, id, status, created_at }) => [
      workflow_id,
      { id, status, created_at: isoTime(created_at) },
    ]),
  );
}
