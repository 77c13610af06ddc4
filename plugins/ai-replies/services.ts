/** How the services of AI replies are made, by name. */
import type { ServicesOf } from '#core/plugin.ts';
import type { AiRepliesConfig } from './config.ts';
import { knowledgeServices } from './knowledge/services.ts';
import { modelServices } from './models/services.ts';
import { createPartsInUse } from './parts-in-use.ts';
import { replyServices } from './replies/services.ts';
import { createAiRules } from './tenant-rules.ts';
import { toolServices } from './tools/services.ts';

export const aiServices = {
  aiConfig: ({ config }: { config: AiRepliesConfig }) => config,
  aiRules: createAiRules,
  partsInUse: createPartsInUse,
  ...modelServices,
  ...knowledgeServices,
  ...replyServices,
  ...toolServices,
};

export interface AiOwn extends ServicesOf<typeof aiServices> {}
