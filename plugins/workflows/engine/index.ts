/** Engine: runs executions, keeps what they have done, and wakes those that wait. */
import { definePart } from '#core/plugin.ts';
import { READ } from '../access.ts';
import type { WorkflowsConfig } from '../config.ts';
import { WORKFLOW_ACTIVITY } from './activity.ts';
import { StartedView } from './answer.ts';
import { cancelExecution } from './jobs.ts';
import { WORKFLOW_METERS } from './metering.ts';
import { type EngineScope, engineServices } from './services.ts';
import { engineTables } from './tables.ts';

export const engine = definePart<EngineScope & { config: WorkflowsConfig }>({
  name: 'engine',
  summary: 'Executions while they run, wait and end',
  needs: ['definitions', 'sandbox'],
  contents: { executions: 'workflows_executions' },
  tables: engineTables,
  services: engineServices,
  schemas: { StartedExecution: StartedView },
  jobs: [cancelExecution],
  meters: WORKFLOW_METERS,
  activity: WORKFLOW_ACTIVITY,
  // What executions tell of themselves, and what they and people publish.
  eventAccess: { '*': READ },
  gauges: [
    {
      name: 'patchbay_workflows_executions',
      help: 'Executions that have not ended, by status',
      labels: ['status'],
      async read({ db }) {
        const open = db.read('workflows_executions').whereNull('ended_at');
        const rows = await open.groupBy('status').select('status').count({ total: '*' });
        return rows.map(({ status, total }) => ({ labels: { status }, value: Number(total) }));
      },
    },
  ],
  async start({ events, workflowEvents, workflowEngine }) {
    events.subscribeWhere(workflowEvents.isWanted, 'workflows.event');
    // First of all: what executions emit from here on must find those who ask for it.
    await workflowEvents.refresh();
    await workflowEngine.begin();
  },
  stop: ({ workflowEngine }) => workflowEngine.end(),
});
