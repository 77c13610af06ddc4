/** Billing's part in what people may ask for: their data, and its erasure. */
import type { EventHandler, HookHandler } from '#core/plugin.ts';
import type { BillingScope } from './scope.ts';
import { invoiceView } from './views/invoices.ts';

/** Everything of a tenant that is gone goes; its invoices stay, as the law asks, without a name on them. */
export const eraseBilling: EventHandler<'tenant.deleted'> = async ({ data }, services: BillingScope) => {
  const { db, leftOvers, subscriptionStore, entitlements, usageMeters } = services;
  const tenantId = data.tenant_id;
  const gone = { tenant_id: tenantId };
  // What is paid from now on, in a page that cannot be closed, is ended and paid back when the provider tells of it.
  await db.transaction((trx) => leftOvers.rememberErased(trx, tenantId));
  // First, so that nobody is charged for what is not there any more; when it fails, the job tries again. Also of what has
  // ended here: a provider goes on trying to take money for longer than our grace.
  const row = await db.write('billing_subscriptions').where(gone).first();
  if (row) await leftOvers.end(row);
  await closeCheckouts(services, tenantId);
  await db.transaction(async (trx) => {
    await subscriptionStore.locked(trx, tenantId);
    await trx('billing_subscriptions').where(gone).delete();
    await trx('billing_overrides').where(gone).delete();
    await trx('billing_checkouts').where(gone).delete();
    await trx('billing_redemptions').where(gone).delete();
    await trx('billing_usage').where(gone).delete();
    await trx('billing_usage_daily').where(gone).delete();
    await trx('billing_usage_history').where(gone).delete();
    await trx('billing_usage_keys').where(gone).delete();
    const customer = JSON.stringify({ name: '', email: null });
    await trx('billing_invoices').where(gone).update({ customer });
    await entitlements.forget(trx, tenantId);
    usageMeters.forget();
  });
};

/** Pages of providers where it could still be paid. */
async function closeCheckouts({ db, paymentProviders }: BillingScope, tenant_id: string): Promise<void> {
  for (const { provider, session_id } of await db.write('billing_checkouts').where({ tenant_id, status: 'open' }))
    if (paymentProviders.isThere(provider)) await paymentProviders.named(provider).expireCheckout?.(session_id);
}

export const exportBilling: HookHandler<'user.exporting'> = async (context, next, services: BillingScope) => {
  const { people, entitlements, invoices, usageFigures } = services;
  const tenant = await people.tenantById(context.user.tenant_id);
  if (tenant && context.user.role === 'owner') {
    const { plan, status } = await entitlements.fresh(tenant.uuid);
    const latest = await invoices.latest(tenant.uuid, 200);
    context.sections.billing = {
      plan_id: plan.plan_id,
      status,
      invoices: latest.map(invoiceView),
      usage: await usageFigures.current(tenant.uuid),
      usage_history: await usageFigures.history(tenant.uuid),
    };
  }
  await next();
};
