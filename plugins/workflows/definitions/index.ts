/** Definitions: workflows with their versions, who published them, and the secrets that they name. */
import { definePart } from '#core/plugin.ts';
import type { WorkflowsConfig } from '../config.ts';
import { workflowsExport, workflowsImport } from './commands.ts';
import { WORKFLOW_STEP } from './first-steps.ts';
import { tryExpression } from './routes/expressions.ts';
import { libraryRoutes } from './routes/library.ts';
import { secretRoutes } from './routes/secrets.ts';
import { workflowLists } from './routes/workflow-lists.ts';
import { WorkflowView, workflowRoutes } from './routes/workflows.ts';
import { type DefinitionsScope, definitionServices } from './services.ts';
import { definitionTables } from './tables.ts';
import { PublishedView } from './views.ts';

export const definitions = definePart<DefinitionsScope & { config: WorkflowsConfig }>({
  name: 'definitions',
  summary: 'Workflows, their versions and their secrets',
  contents: { workflows: 'workflows_workflows' },
  tables: definitionTables,
  services: definitionServices,
  schemas: { PublishedWorkflow: PublishedView, Workflow: WorkflowView },
  routes: [...workflowLists, ...workflowRoutes, ...libraryRoutes, ...secretRoutes, tryExpression],
  firstSteps: [WORKFLOW_STEP],
  commands: [workflowsExport, workflowsImport],
});
