/** What the inside of workflows sees: the platform's services, the public ones of auth, and its own. */
import type { Services } from '#core/plugin.ts';
import type { AuthServices } from '#plugins/auth/contract.ts';
import type { Engine } from './engine/engine.ts';
import type { TenantStandings } from './engine/ports.ts';
import type { Checkpoints } from './engine/records.ts';
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
import type { WorkflowTransfer } from './services/transfer.ts';
import type { Triggers } from './services/triggers.ts';

/** The services of workflows by name. */
export interface WorkflowsOwn {
  workflowEngine: Engine;
  workflowCheckpoints: Checkpoints;
  workflowDefinitions: Definitions;
  workflowPublishers: WorkflowPublishers;
  workflowSecrets: WorkflowSecrets;
  workflowTenants: TenantStandings;
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

export interface WorkflowsScope extends Services, AuthServices, WorkflowsOwn {}
