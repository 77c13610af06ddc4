/** How the services of the engine are made. */
import type { ServicesOf } from '#core/plugin.ts';
import { createEngine } from './engine.ts';
import { createEventInterest } from './event-interest.ts';
import type { EngineServices } from './ports.ts';
import { createCheckpoints } from './store.ts';
import { createWorkflowTenants } from './tenants.ts';

export const engineServices = {
  workflowCheckpoints: createCheckpoints,
  workflowEngine: createEngine,
  workflowEvents: createEventInterest,
  workflowTenants: createWorkflowTenants,
};

export interface EngineOwn extends ServicesOf<typeof engineServices> {}

/** What this part sees. */
export interface EngineScope extends EngineServices, EngineOwn {}
