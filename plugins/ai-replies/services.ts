/** What every part of AI replies sees: the platform, what auth and robots give, and the ground floor that the parts share. */
import type { Services, ServicesOf } from '#core/plugin.ts';
import type { AuthServices } from '#plugins/auth/contract.ts';
import type { RobotsServices } from '#plugins/robots/contract.ts';
import { createAnswerAgain } from './answer-again.ts';
import type { AiRepliesConfig } from './config.ts';
import { createPartsInUse } from './parts-in-use.ts';
import { createAiRules } from './tenant-rules.ts';

export const groundServices = {
  aiConfig: ({ config }: { config: AiRepliesConfig }) => config,
  aiRules: createAiRules,
  answerAgain: createAnswerAgain,
  partsInUse: createPartsInUse,
};

export interface AiGround extends Services, AuthServices, RobotsServices, ServicesOf<typeof groundServices> {}
