/** How the services of workflows are made, by name. */
import type { ServicesOf } from '#core/plugin.ts';
import { createEngine } from './engine/engine.ts';
import { createCheckpoints } from './engine/store.ts';
import { createScriptSandbox } from './sandbox/sandbox.ts';
import { createApprovals } from './services/approvals.ts';
import { createDefinitions } from './services/definitions.ts';
import { createWorkflowErasure } from './services/erasure.ts';
import { createEventInterest } from './services/event-interest.ts';
import { createWorkflowExamples } from './services/examples.ts';
import { createExecutions } from './services/executions.ts';
import { createWorkflowFolder } from './services/folder.ts';
import { createWorkflowPublishers } from './services/publishers.ts';
import { createWorkflowSecrets } from './services/secrets.ts';
import { createWorkflowTenants } from './services/tenants.ts';
import { createWorkflowTransfer } from './services/transfer.ts';
import { createTriggers } from './services/triggers.ts';
import { taskKinds } from './tasks/index.ts';

export const workflowsServices = {
  workflowCheckpoints: createCheckpoints,
  workflowDefinitions: createDefinitions,
  workflowPublishers: createWorkflowPublishers,
  workflowSecrets: createWorkflowSecrets,
  workflowTenants: createWorkflowTenants,
  workflowEvents: createEventInterest,
  workflowEngine: (services: Parameters<typeof createEngine>[0]) => createEngine(services, taskKinds),
  workflowTriggers: createTriggers,
  workflowExecutions: createExecutions,
  workflowErasure: createWorkflowErasure,
  workflowApprovals: createApprovals,
  workflowFolder: createWorkflowFolder,
  workflowTransfer: createWorkflowTransfer,
  workflowExamples: createWorkflowExamples,
  scriptSandbox: createScriptSandbox,
};

export interface WorkflowsOwn extends ServicesOf<typeof workflowsServices> {}
