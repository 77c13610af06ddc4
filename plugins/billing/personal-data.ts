/** Export: what billing hands out of a person's data; of who owns a tenant, what that has. */
import type { HookHandler } from '#core/plugin.ts';
import { invoiceView } from './payments/views/invoices.ts';
import type { BillingScope } from './scope.ts';

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
