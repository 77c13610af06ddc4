/** How the services of models are made. */
import type { FactoriesOf } from '#core/plugin.ts';
import type { AiRepliesConfig } from '../config.ts';
import type { AiScope } from '../scope.ts';
import { createBreakers } from './breakers.ts';
import { createBudgetRows } from './budget-rows.ts';
import { createBudgets } from './budgets.ts';
import { createCalls } from './calls.ts';
import { createEmbeddings } from './embeddings.ts';
import { createMetering } from './metering.ts';
import { createModels } from './models.ts';
import type { ModelsOwn } from './own.ts';
import { createPendingWrites } from './pending-writes.ts';
import { createProviders } from './providers.ts';
import { createTenantProviders } from './tenant-providers.ts';

export const modelServices = {
  breakers: createBreakers,
  budgetRows: createBudgetRows,
  budgets: createBudgets,
  calls: createCalls,
  embeddings: createEmbeddings,
  metering: createMetering,
  models: createModels,
  pendingWrites: createPendingWrites,
  providers: createProviders,
  tenantProviders: createTenantProviders,
} satisfies FactoriesOf<ModelsOwn, AiScope & { config: AiRepliesConfig }>;
