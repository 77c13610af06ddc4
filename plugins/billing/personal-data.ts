/** Billing's part in what people may ask for: their data, and its erasure. */
import type { EventHandler, HookHandler } from '#core/plugin.ts';
import type { BillingScope } from './scope.ts';
import { invoiceView } from './views/invoices.ts';

/** Everything of a tenant that is gone goes; its invoices stay, as the law asks, without a name on them. */
export const eraseBilling: EventHandler<'tenant.deleted'> = ({ data, time }, { billingErasure }: BillingScope) =>
  billingErasure.eraseTenant(data.tenant_id, Date.parse(time));

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
