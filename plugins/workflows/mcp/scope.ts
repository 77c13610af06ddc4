/** What this part sees. */
import type { Services } from '#core/plugin.ts';
import type { AuthServices } from '#plugins/auth/contract.ts';
import type { DefinitionsOwn } from '../definitions/services.ts';
import type { EngineOwn } from '../engine/services.ts';

export interface McpScope extends Services, AuthServices, DefinitionsOwn, EngineOwn {}
