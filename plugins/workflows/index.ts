/** Durable workflows: the CNCF Serverless Workflow DSL, with every plugin's functions as steps and events as triggers. */
import { definePlugin } from '#core/plugin.ts';
import type {} from '#plugins/auth/contract.ts';
import { READ } from './access.ts';
import { WORKFLOW_ACTIVITY } from './activity.ts';
import { WORKFLOW_ATTENTION } from './attention.ts';
import { workflowsExport, workflowsImport } from './commands.ts';
import { WorkflowsConfig } from './config.ts';
import { pruneExecutions } from './cron.ts';
import { workflowFunctions } from './functions.ts';
import { cancelExecution, deliverEvent } from './jobs.ts';
import { WORKFLOW_METERS } from './meters.ts';
import { pages } from './pages.ts';
import { eraseWorkflowsOfTenant, forgetPerson } from './personal-data.ts';
import { approvalRoutes } from './routes/approvals.ts';
import { executionData } from './routes/execution-data.ts';
import { executionDefinition } from './routes/execution-definition.ts';
import { executionLists } from './routes/execution-lists.ts';
import { executionRoutes } from './routes/executions.ts';
import { tryExpression } from './routes/expressions.ts';
import { hookRoutes } from './routes/hooks.ts';
import { libraryRoutes } from './routes/library.ts';
import { mcpRoutes } from './routes/mcp.ts';
import { workflowLists } from './routes/workflow-lists.ts';
import { workflowRoutes } from './routes/workflows.ts';
import { schemas } from './schemas.ts';
import type { WorkflowsScope } from './scope.ts';
import { sendApproval } from './services/approvals.ts';
import { workflowsServices } from './services.ts';

type Seen = WorkflowsScope & { config: WorkflowsConfig };

export default definePlugin({
  name: 'workflows',
  summary: 'Durable workflows that connect everything',
  requires: ['auth'],
  config: WorkflowsConfig,
  migrations: new URL('./migrations/', import.meta.url),
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
  contents: { workflows: 'workflows_workflows', executions: 'workflows_executions' },
  services: workflowsServices satisfies Record<string, (services: Seen) => unknown>,
  schemas,
  routes: [
    ...libraryRoutes,
    ...workflowLists,
    ...workflowRoutes,
    ...executionLists,
    ...executionRoutes,
    executionData,
    executionDefinition,
    tryExpression,
    ...hookRoutes,
    ...approvalRoutes,
    ...mcpRoutes,
  ],
  cron: [pruneExecutions],
  commands: [workflowsExport, workflowsImport],
  jobs: [deliverEvent, cancelExecution, sendApproval],
  functions: workflowFunctions,
  meters: WORKFLOW_METERS,
  activity: WORKFLOW_ACTIVITY,
  attention: WORKFLOW_ATTENTION,
  // What executions tell of themselves, and what they and people publish.
  eventAccess: { '*': READ },
  on: {
    'tenant.deleted': eraseWorkflowsOfTenant,
    'user.deleted': forgetPerson,
  },
  pages,
  scopes: {
    'workflows:read': 'See workflows and their executions',
    'workflows:manage': 'Publish and change workflows and their secrets',
    'workflows:run': 'Start and steer executions',
  },
  async openDoors({ workflowDefinitions }: WorkflowsScope) {
    const { total, first } = await workflowDefinitions.openHooks();
    if (total === 0) return [];
    const what = total === 1 ? '1 workflow by its hook' : `${total} workflows by their hooks`;
    return [`anybody may start ${what}: ${first.join(', ')}${total > first.length ? ' and others' : ''}`];
  },
  async start({ events, workflowEvents, workflowEngine, workflowTriggers, workflowFolder }: WorkflowsScope) {
    events.subscribeWhere(workflowEvents.isWanted, 'workflows.event');
    // First of all: what executions emit from here on must find those who ask for it.
    await workflowEvents.refresh();
    await workflowEngine.begin();
    await workflowTriggers.begin();
    await workflowFolder.begin();
  },
  async stop({ workflowEngine, workflowTriggers, workflowFolder, scriptSandbox }: WorkflowsScope) {
    workflowFolder.end();
    await workflowTriggers.end();
    await workflowEngine.end();
    await scriptSandbox.close();
  },
});
