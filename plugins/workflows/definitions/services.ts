/** How the services of definitions are made. */
import type { Services, ServicesOf } from '#core/plugin.ts';
import type { AuthServices } from '#plugins/auth/contract.ts';
import { createDefinitions } from './definitions.ts';
import { createWorkflowExamples } from './examples.ts';
import { createWorkflowFolder } from './folder.ts';
import { createWorkflowPublishers } from './publishers.ts';
import { createWorkflowSecrets } from './secrets.ts';
import { createWorkflowTransfer } from './transfer.ts';

export const definitionServices = {
  workflowDefinitions: createDefinitions,
  workflowExamples: createWorkflowExamples,
  workflowFolder: createWorkflowFolder,
  workflowPublishers: createWorkflowPublishers,
  workflowSecrets: createWorkflowSecrets,
  workflowTransfer: createWorkflowTransfer,
};

export interface DefinitionsOwn extends ServicesOf<typeof definitionServices> {}

/** What this part sees. */
export interface DefinitionsScope extends Services, AuthServices, DefinitionsOwn {}
