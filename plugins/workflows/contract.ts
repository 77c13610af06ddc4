/** What other plugins may use of workflows: its services and events. */
import type { Engine } from './engine/engine.ts';
import type { Checkpoints } from './engine/store.ts';
import type { ScriptSandbox } from './sandbox/sandbox.ts';
import type { Approvals } from './services/approvals.ts';
import type { Definitions } from './services/definitions.ts';
import type { WorkflowErasure } from './services/erasure.ts';
import type { EventInterest } from './services/event-interest.ts';
import type { WorkflowExamples } from './services/examples.ts';
import type { Executions } from './services/executions.ts';
import type { WorkflowFolder } from './services/folder.ts';
import type { WorkflowPublishers } from './services/publishers.ts';
import type { WorkflowSecrets } from './services/secrets.ts';
import type { WorkflowTenants } from './services/tenants.ts';
import type { WorkflowTransfer } from './services/transfer.ts';
import type { Triggers } from './services/triggers.ts';

declare module '#core/plugin.ts' {
  interface Services {
    workflowEngine: Engine;
    workflowCheckpoints: Checkpoints;
    workflowDefinitions: Definitions;
    workflowPublishers: WorkflowPublishers;
    workflowSecrets: WorkflowSecrets;
    workflowTenants: WorkflowTenants;
    workflowErasure: WorkflowErasure;
    workflowEvents: EventInterest;
    workflowTriggers: Triggers;
    workflowExecutions: Executions;
    workflowApprovals: Approvals;
    workflowFolder: WorkflowFolder;
    workflowTransfer: WorkflowTransfer;
    workflowExamples: WorkflowExamples;
    scriptSandbox: ScriptSandbox;
  }
}
