/** Schemas and small steps that routes of several parts use. */
import Type from 'typebox';
import type { AuthServices } from '#plugins/auth/contract.ts';
import { billingErrors } from './errors.ts';

export const Id = Type.Object({ id: Type.String({ minLength: 1, maxLength: 64 }) });
export const PlanId = Type.String({ minLength: 1, maxLength: 64 });
export const CouponCode = Type.String({ minLength: 1, maxLength: 64 });
export const Numbers = Type.Record(Type.String(), Type.Integer());
export const TextOrNull = Type.Union([Type.String(), Type.Null()]);
export const SUBSCRIPTION_STATUSES = ['trialing', 'active', 'past_due', 'canceled'] as const;
export const CycleSchema = Type.Enum(['monthly', 'yearly']);

export function pageOf<T extends Type.TSchema>(item: T) {
  return Type.Object({
    items: Type.Array(item),
    total: Type.Integer(),
    page: Type.Integer(),
    page_size: Type.Integer(),
  });
}

/** Throws `tenant_not_found`. */
export async function mustExist({ people }: Pick<AuthServices, 'people'>, tenantId: string): Promise<void> {
  if (!(await people.tenantByUuid(tenantId))) throw billingErrors.tenant_not_found();
}

/** What lists over all tenants say beside `tenant_id`. */
export const TenantName = { tenant_name: Type.Union([Type.String(), Type.Null()], { description: 'Null: erased' }) };

export async function withTenantNames<Item extends { tenant_id: string }>(
  items: readonly Item[],
  { directory }: Pick<AuthServices, 'directory'>,
): Promise<(Item & { tenant_name: string | null })[]> {
  const names = await directory.tenantNames(items.map(({ tenant_id }) => tenant_id));
  return items.map((item) => ({ ...item, tenant_name: names.get(item.tenant_id) ?? null }));
}
