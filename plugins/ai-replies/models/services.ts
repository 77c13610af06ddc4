/** How the services of models are made. */
import type { ServicesOf } from '#core/plugin.ts';
import type { AiGround } from '../services.ts';
import { createProviderAbilities } from './abilities.ts';
import { createBreakers } from './breakers.ts';
import { createBudgets } from './budgets.ts';
import { createCalls } from './calls.ts';
import { createEmbeddings } from './embeddings.ts';
import { createMetering } from './metering.ts';
import { createModels } from './models.ts';
import { createPendingWrites } from './pending-writes.ts';
import { createProviders } from './providers.ts';
import { createTenantProviders } from './tenant-providers.ts';

export const modelServices = {
  breakers: createBreakers,
  budgets: createBudgets,
  calls: createCalls,
  embeddings: createEmbeddings,
  metering: createMetering,
  models: createModels,
  pendingWrites: createPendingWrites,
  providerAbilities: createProviderAbilities,
  providers: createProviders,
  tenantProviders: createTenantProviders,
};

export interface ModelsOwn extends ServicesOf<typeof modelServices> {}

/** What this part sees. */
export interface ModelsScope extends AiGround, ModelsOwn {}
