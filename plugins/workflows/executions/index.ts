/** Executions as people and programs see them: started, looked at, repeated, pruned, and removed with their workflow. */
import { definePart } from '#core/plugin.ts';
import type { WorkflowsConfig } from '../config.ts';
import { failedAlert } from './alerts.ts';
import { failedExecutions } from './attention.ts';
import { pruneExecutions } from './cron.ts';
import { workflowFunctions } from './functions.ts';
import { executionLists } from './routes/execution-lists.ts';
import { executionRoutes } from './routes/executions.ts';
import { startRoutes } from './routes/start.ts';
import { type ExecutionsScope, executionServices } from './services.ts';
import { ExecutionSummary, ExecutionView, TaskView } from './views.ts';

export const executions = definePart<ExecutionsScope & { config: WorkflowsConfig }>({
  name: 'executions',
  summary: 'Executions as people see, command and keep them',
  needs: ['definitions', 'engine', 'triggers'],
  services: executionServices,
  schemas: { Execution: ExecutionView, ExecutionSummary, TaskOfExecution: TaskView },
  routes: [...executionLists, ...executionRoutes, ...startRoutes],
  attention: [failedExecutions],
  alerts: [failedAlert],
  cron: [pruneExecutions],
  functions: workflowFunctions,
});
