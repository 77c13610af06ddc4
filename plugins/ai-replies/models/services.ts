/** How the services of models are made. */
import type { FactoriesOf } from '#core/plugin.ts';
import type { AiRepliesConfig } from '../config.ts';
import type { AiScope } from '../scope.ts';
import { createBreakers } from './breakers.ts';
import { createBudgets } from './budgets.ts';
import { createCalls } from './calls.ts';
import { createEmbeddings } from './embeddings.ts';
import { createMetering } from './metering.ts';
import { createModels } from './models.ts';
import type { ModelsOwn } from './own.ts';
import { createPendingWrites } from './pending-writes.ts';
import { createProviders } from './providers.ts';

export const modelServices = {
  breakers: createBreakers,
  budgets: createBudgets,
  calls: createCalls,
  embeddings: createEmbeddings,
  metering: createMetering,
  models: createModels,
  pendingWrites: createPendingWrites,
  providers: createProviders,
} satisfies FactoriesOf<ModelsOwn, AiScope & { config: AiRepliesConfig }>;
