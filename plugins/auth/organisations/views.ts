/** How tenants look on the wire, with the schema that says so. */
import Type, { type Static } from 'typebox';
import { isoSeconds } from '#core/kit.ts';
import type { TenantRow } from '../accounts/tables.ts';

export const TenantView = Type.Object({
  id: Type.String(),
  name: Type.String(),
  status: Type.String(),
  created_at: Type.String(),
  user_count: Type.Optional(Type.Integer()),
});
export type TenantView = Static<typeof TenantView>;

export function tenantView(tenant: TenantRow): TenantView {
  return { id: tenant.uuid, name: tenant.name, status: tenant.status, created_at: isoSeconds(tenant.created_at) };
}
