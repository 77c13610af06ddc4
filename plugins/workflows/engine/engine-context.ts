/** What the rooms of one engine have in common, and what they tell each other of. */
import type { Services } from '#core/plugin.ts';
import type { Backoff } from './backoff.ts';
import type { Run } from './model.ts';
import type { Outcomes } from './outcomes.ts';
import type { Execution } from './records.ts';
import type { Slots } from './slots.ts';
import type { ExecutionRow } from './tables.ts';
import type { WorkflowTenants } from './tenants.ts';
import type { Transitions } from './transitions.ts';

/** What has become of an execution in this process; what follows is in `engine-events.ts`. */
export interface EngineEvents {
  /** Something is open again: of the tenant, or of anybody with null. */
  opened(tenantId: string | null): void;
  /** Something is due at this time; null is never. */
  due(at: number | null): void;
  /** A place that was reserved is free: nothing was begun in it, or it could not be. */
  freed(execution: Pick<Execution, 'id' | 'tenant_id'>): void;
  /** Its memory was let go. */
  unloaded(execution: Pick<Execution, 'id' | 'tenant_id' | 'slot'>): void;
  /** One has ended that was in nobody's memory. */
  ended(row: ExecutionRow): void;
  /** The end of an execution may have planned the next one of a schedule. */
  planned(): void;
  /** What was left alone after a failure may be begun again. */
  rested(): void;
}

export interface EngineContext extends Pick<Services, 'db' | 'clock' | 'log'> {
  /** Those in memory. */
  runs: Map<string, Run>;
  slots: Slots;
  backoff: Backoff;
  tenants: WorkflowTenants;
  transitions: Transitions;
  outcomes: Outcomes;
  events: EngineEvents;
  /** Name of this process among the replicas; null when there is none beside it. */
  owner: string | null;
  leaseMs: number;
  /** What the end of the process waits for. */
  underWay: ReadonlySet<Promise<unknown>>;
  track(work: Promise<unknown>): void;
  isRunning(): boolean;
}
