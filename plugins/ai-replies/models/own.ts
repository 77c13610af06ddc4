/** The services of models by name. */

import type { Breakers } from './breakers.ts';
import type { BudgetRows } from './budget-rows.ts';
import type { Budgets } from './budgets.ts';
import type { Calls } from './calls.ts';
import type { Embeddings } from './embeddings.ts';
import type { Metering } from './metering.ts';
import type { PendingWrites } from './pending-writes.ts';
import type { Providers } from './providers.ts';
import type { TenantProviders } from './tenant-providers.ts';
import type { Models } from './types.ts';

export interface ModelsOwn {
  breakers: Breakers;
  budgetRows: BudgetRows;
  budgets: Budgets;
  calls: Calls;
  embeddings: Embeddings;
  metering: Metering;
  models: Models;
  pendingWrites: PendingWrites;
  providers: Providers;
  tenantProviders: TenantProviders;
}
