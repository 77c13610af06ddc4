/** What stands above the parts of AI replies sees, and tests see: everything of each. */
import type { KnowledgeOwn } from './knowledge/services.ts';
import type { ModelsOwn } from './models/services.ts';
import type { RepliesOwn } from './replies/services.ts';
import type { AiGround } from './services.ts';
import type { ToolsOwn } from './tools/services.ts';

export interface AiScope extends AiGround, ModelsOwn, KnowledgeOwn, RepliesOwn, ToolsOwn {}
