/** How the services of triggers are made. */
import type { Services, ServicesOf } from '#core/plugin.ts';
import type { AuthServices } from '#plugins/auth/contract.ts';
import type { DefinitionsOwn } from '../definitions/services.ts';
import type { EngineOwn } from '../engine/services.ts';
import { createTriggers } from './triggers.ts';

export const triggerServices = { workflowTriggers: createTriggers };

export interface TriggersOwn extends ServicesOf<typeof triggerServices> {}

/** What this part sees. */
export interface TriggersScope extends Services, AuthServices, DefinitionsOwn, EngineOwn, TriggersOwn {}
