/** Erasure: what goes of models with a tenant. */
import type { EventHandler } from '#core/plugin.ts';
import type { ModelsScope } from './services.ts';

const TABLES = ['ai_replies_providers', 'ai_replies_budgets', 'ai_replies_spend', 'ai_replies_calls'] as const;
const STEP = 1_000;

export const removeModelsOfTenant: EventHandler<'tenant.deleted'> = async ({ data }, scope: ModelsScope) => {
  const { db, providers, budgets, pendingWrites } = scope;
  const where = { tenant_id: data.tenant_id };
  // What is being written about a call at this moment goes too.
  await pendingWrites.settled();
  for (let gone = STEP; gone === STEP; ) {
    const some = db.write('ai_replies_calls').where(where).limit(STEP).select('id');
    gone = await db.write('ai_replies_calls').whereIn('id', some).delete();
  }
  await db.transaction(async (trx) => {
    for (const table of TABLES) await trx(table).where(where).delete();
    await providers.changed(trx);
    await budgets.changed(trx);
  });
};
