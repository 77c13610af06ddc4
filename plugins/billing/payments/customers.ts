/** Who a tenant is, for invoices and checkouts. Asked before a transaction begins, since it reads other tables. */

import { isAppError } from '#core/kit.ts';
import type { AuthServices } from '#plugins/auth/contract.ts';
import { billingErrors } from '../errors.ts';

export interface Customer {
  name: string;
  email: string | null;
}

/** By the ids of tenants that are there. */
export type Customers = ReadonlyMap<string, Customer>;

/** Who is not there any more: an invoice of an erased tenant has no name on it. */
export const NOBODY: Customer = { name: '', email: null };

/** Throws `tenant_not_found`. */
export async function customerOf(
  { people, administration }: Pick<AuthServices, 'people' | 'administration'>,
  tenantId: string,
): Promise<Customer> {
  const tenant = await people.tenantByUuid(tenantId);
  if (!tenant) throw billingErrors.tenant_not_found();
  const { items } = await administration.users({ tenant_id: tenantId, role: 'owner', page_size: 5 });
  return { name: tenant.name, email: items.find(({ email }) => email)?.email ?? null };
}

/** Null when the tenant has been erased. */
export async function customerIfAny(
  services: Pick<AuthServices, 'people' | 'administration'>,
  tenantId: string,
): Promise<Customer | null> {
  try {
    return await customerOf(services, tenantId);
  } catch (error) {
    if (isAppError(error) && error.code === 'tenant_not_found') return null;
    throw error;
  }
}
