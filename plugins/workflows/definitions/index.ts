/** Definitions: workflows with their versions, who published them, and the secrets that they name. */
import { definePart } from '#core/plugin.ts';
import type { WorkflowsConfig } from '../config.ts';
import { workflowsExport, workflowsImport } from './commands.ts';
import { libraryRoutes } from './routes/library.ts';
import { listSchedules } from './routes/schedules.ts';
import { listSecrets, secretRoutes } from './routes/secrets.ts';
import { listVersions } from './routes/versions.ts';
import { listWorkflows } from './routes/workflow-list.ts';
import { WorkflowView, workflowRoutes } from './routes/workflows.ts';
import { type DefinitionsScope, definitionServices } from './services.ts';
import { PublishedView } from './views.ts';
import './tables.ts';

export const definitions = definePart<DefinitionsScope & { config: WorkflowsConfig }>({
  name: 'definitions',
  summary: 'Workflows, their versions and their secrets',
  contents: { workflows: 'workflows_workflows' },
  services: definitionServices,
  schemas: { PublishedWorkflow: PublishedView, Workflow: WorkflowView },
  routes: [
    ...libraryRoutes,
    listWorkflows,
    listVersions,
    listSchedules,
    listSecrets,
    ...workflowRoutes,
    ...secretRoutes,
  ],
  commands: [workflowsExport, workflowsImport],
});
