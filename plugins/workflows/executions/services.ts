/** How the services of executions are made. */
import type { Services, ServicesOf } from '#core/plugin.ts';
import type { AuthServices } from '#plugins/auth/contract.ts';
import type { DefinitionsOwn } from '../definitions/services.ts';
import type { EngineOwn } from '../engine/services.ts';
import type { TriggersOwn } from '../triggers/services.ts';
import { createExecutions } from './executions.ts';

export const executionServices = { workflowExecutions: createExecutions };

export interface ExecutionsOwn extends ServicesOf<typeof executionServices> {}

/** What this part sees. */
export interface ExecutionsScope
  extends Services,
    AuthServices,
    DefinitionsOwn,
    EngineOwn,
    TriggersOwn,
    ExecutionsOwn {}
