/** Schedules of workflows in rows. */

import Type from 'typebox';
import { isoTime } from '#core/kit.ts';
import { listRoute } from '#core/plugin.ts';
import { READ, tenantOf } from '../../access.ts';
import type { ScheduleRow, WorkflowRow } from '../../definitions/tables.ts';
import { plannedAt } from '../../language/schedule-times.ts';
import { Time } from '../../time-view.ts';
import type { TriggersScope } from '../services.ts';

const ListedSchedule = Type.Object({
  namespace: Type.String(),
  name: Type.String(),
  next_run_at: Type.Union([Type.String(), Type.Null()], { description: 'null: after the end of what runs' }),
  last_run_at: Time,
});

export const listSchedules = listRoute({
  path: '/api/platform/workflow-schedules',
  access: READ,
  summary: 'Workflows with a schedule, the next one first',
  item: ListedSchedule,
  columns: {
    namespace: { type: 'text', column: 'workflows_workflows.namespace', filter: 'equals' },
    next_run_at: { type: 'time', column: 'workflows_schedules.next_at', filter: 'range', sort: true },
  },
  key: 'workflows_schedules.workflow_id',
  sort: 'next_run_at',
  rows: ({ principal }, { db }: TriggersScope) =>
    db
      .read('workflows_schedules')
      .join('workflows_workflows', 'workflows_workflows.id', 'workflows_schedules.workflow_id')
      .where('workflows_workflows.tenant_id', tenantOf(principal))
      .select('workflows_schedules.*', 'workflows_workflows.namespace', 'workflows_workflows.name'),
  items: (rows: (ScheduleRow & Pick<WorkflowRow, 'namespace' | 'name'>)[]) =>
    rows.map((row) => ({
      namespace: row.namespace,
      name: row.name,
      next_run_at: isoTime(plannedAt(row.next_at)),
      last_run_at: isoTime(row.last_at),
    })),
});
