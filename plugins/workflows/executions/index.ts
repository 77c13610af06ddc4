/** Executions as people and programs see them: started, looked at, repeated, pruned, and removed with their workflow. */
import { definePart } from '#core/plugin.ts';
import type { WorkflowsConfig } from '../config.ts';
import { pruneExecutions } from './cron.ts';
import { workflowFunctions } from './functions.ts';
import { publishEvent } from './routes/events.ts';
import { executionData } from './routes/execution-data.ts';
import { executionDefinition } from './routes/execution-definition.ts';
import { executionLists } from './routes/execution-lists.ts';
import { executionRoutes } from './routes/executions.ts';
import { tryExpression } from './routes/expressions.ts';
import { startRoutes } from './routes/start.ts';
import { type ExecutionsScope, executionServices } from './services.ts';
import { ExecutionSummary, ExecutionView, TaskView } from './views.ts';

export const executions = definePart<ExecutionsScope & { config: WorkflowsConfig }>({
  name: 'executions',
  summary: 'Executions as people see, command and keep them',
  needs: ['definitions', 'engine', 'triggers'],
  services: executionServices,
  schemas: { Execution: ExecutionView, ExecutionSummary, TaskOfExecution: TaskView },
  routes: [
    ...executionLists,
    ...startRoutes,
    publishEvent,
    ...executionRoutes,
    executionData,
    executionDefinition,
    tryExpression,
  ],
  cron: [pruneExecutions],
  functions: workflowFunctions,
});
