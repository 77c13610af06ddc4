/** Versions of a workflow in rows. */
import Type from 'typebox';
import { listRoute } from '#core/plugin.ts';
import { READ, tenantOf } from '../../access.ts';
import { iso, Time } from '../../time-view.ts';
import type { DefinitionsScope } from '../services.ts';
import type { DefinitionRow, WorkflowRow } from '../tables.ts';
import { Address } from './address.ts';

const ListedVersion = Type.Object({
  id: Type.Integer(),
  version: Type.String(),
  revision: Type.Integer(),
  active: Type.Boolean(),
  created_at: Time,
});

export const listVersions = listRoute({
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
      created_at: iso(created_at),
    })),
});
