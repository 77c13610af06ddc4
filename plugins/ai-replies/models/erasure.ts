/** Erasure: what goes of models with a tenant. */
import type { EventHandler } from '#core/plugin.ts';
import type { ModelsScope } from './services.ts';

const TABLES = ['ai_replies_abilities', 'ai_replies_providers', 'ai_replies_budgets'] as const;

export const eraseTenantInModels: EventHandler<'tenant.deleted'> = async ({ data }, scope: ModelsScope) => {
  const { db, providers, budgets, pendingWrites } = scope;
  const where = { tenant_id: data.tenant_id };
  // What is being written about a call at this moment goes too.
  await pendingWrites.settled();
  await db.transaction(async (trx) => {
    for (const table of TABLES) await trx(table).where(where).delete();
    await providers.changed(trx);
    await budgets.changed(trx);
  });
};
