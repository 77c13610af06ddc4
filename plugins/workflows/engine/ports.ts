/** What the engine sees. */
import type { Services } from '#core/plugin.ts';
import type { AuthServices } from '#plugins/auth/contract.ts';
import type { DefinitionsOwn } from '../definitions/services.ts';
import type { ScriptSandbox } from '../sandbox/sandbox.ts';
import type { EventInterest } from './event-interest.ts';
import type { Checkpoints } from './records.ts';
import type { WorkflowTenants } from './tenants.ts';

export interface EngineServices extends Services, AuthServices, DefinitionsOwn {
  scriptSandbox: ScriptSandbox;
  workflowCheckpoints: Checkpoints;
  workflowEvents: EventInterest;
  workflowTenants: WorkflowTenants;
}
