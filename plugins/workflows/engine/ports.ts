/** What executions need of the services above them, which implement it: the engine imports none of these. */
import type { CloudEvent, Principal, Services, Transaction } from '#core/plugin.ts';
import type { AuthServices } from '#plugins/auth/contract.ts';
import type { Definition } from '../language/definition.ts';
import type { ScriptSandbox } from '../sandbox/sandbox.ts';
import type { WorkflowRow } from '../tables.ts';
import type { Checkpoints, Fact } from './records.ts';

/** A workflow with its active definition. */
export interface ActiveWorkflow {
  row: WorkflowRow;
  definitionId: number;
  version: string;
  definition: Definition;
}

export interface DefinitionSource {
  /** Throws `workflow_not_found`, `version_not_found`. */
  get(tenantId: string, namespace: string, name: string, version?: string): Promise<ActiveWorkflow>;
  byId(definitionId: number): Promise<ActiveWorkflow>;
}

export interface PublisherRights {
  /** Throws `publisher_gone` when they are suspended, deleted, or in another tenant. */
  principalOf(definitionId: number, tenantId: string): Promise<Principal>;
  /**
   * What the routes ask of who starts a workflow or publishes an event, asked of the publisher of a workflow that does.
   * Throws an authorization fault.
   */
  refuseUnlessMayRun(execution: { definition_id: number; tenant_id: string }): Promise<void>;
}

export interface EventAudience {
  /** Whether anybody may hear it: lifecycle events that nobody can hear are not even noted. */
  mayBeHeard(type: string): boolean;
  /** Those of them that somebody hears. */
  heard(trx: Transaction, facts: readonly Fact[]): Promise<CloudEvent[]>;
  /** An execution waits for these from now on; '*' is every type. */
  await(types: readonly string[]): void;
}

export type Standing = 'active' | 'suspended' | 'gone';

export interface TenantStandings {
  standingOf(tenantId: string): Promise<Standing>;
  /** Throws `tenant_not_active`. */
  refuseInactive(tenantId: string): Promise<void>;
  /** Those found not to be active since standings were last forgotten: what looks for work looks past all of theirs. */
  inactive(): string[];
  /** What is known may have changed: asks anew from here on. */
  forget(): void;
  /** Told when standings may have changed, with those that were not active until then. */
  onChange(fn: (wereInactive: readonly string[]) => void): void;
}

export interface SecretValues {
  /** Values of those that are there. */
  values(tenantId: string, names: readonly string[]): Promise<Record<string, unknown>>;
}

export interface ScheduleLooks {
  /** Looks at schedules at once. */
  poke(): void;
}

/** The services that executions need. */
export interface EngineServices extends Services, Pick<AuthServices, 'people'> {
  scriptSandbox: ScriptSandbox;
  workflowCheckpoints: Checkpoints;
  workflowDefinitions: DefinitionSource;
  workflowEvents: EventAudience;
  workflowPublishers: PublisherRights;
  workflowSecrets: SecretValues;
  workflowTenants: TenantStandings;
  workflowTriggers: ScheduleLooks;
}
