/** What the inside of AI replies sees: the platform's services, the public ones of auth and robots, and its own. */
import type { Services } from '#core/plugin.ts';
import type { AuthServices } from '#plugins/auth/contract.ts';
import type { RobotsServices } from '#plugins/robots/contract.ts';
import type { AiRepliesConfig } from './config.ts';
import type { KnowledgeOwn } from './knowledge/services.ts';
import type { ModelsOwn } from './models/services.ts';
import type { PartsInUse } from './parts-in-use.ts';
import type { RepliesOwn } from './replies/services.ts';
import type { AiRules } from './tenant-rules.ts';
import type { ToolsOwn } from './tools/services.ts';

/** The services of AI replies by name. */
export interface AiOwn extends ModelsOwn, KnowledgeOwn, RepliesOwn, ToolsOwn {
  aiConfig: AiRepliesConfig;
  aiRules: AiRules;
  partsInUse: PartsInUse;
}

export interface AiScope extends Services, AuthServices, RobotsServices, AiOwn {}
