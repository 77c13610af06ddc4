/** /api/platform/auth/tenants: all of them for super-admins, their own for administrators. */
import Type, { type Static } from 'typebox';
import { isSuperadmin, TENANT_ADMINS } from '#core/kit.ts';
import {
  coreErrors,
  IF_MATCH,
  listRoute,
  type Principal,
  preconditionOf,
  route,
  type Services,
  versioned,
  versionOf,
} from '#core/plugin.ts';
import { Id, originOf, Status } from '../../access.ts';
import type { TenantRow } from '../../accounts/tables.ts';
import { whereSearched } from '../../accounts/user-search.ts';
import type { OrganisationsScope } from '../services.ts';
import { TENANTS_SEARCHED } from '../tenants.ts';
import { userCounts } from '../user-counts.ts';
import { editableTenant } from '../version-fields.ts';
import { TenantView, tenantView } from '../views.ts';

export const TenantItem = Type.Object({
  ...TenantView.properties,
  user_count: Type.Integer(),
  version: Type.String({ description: 'For `If-Match`' }),
});
type TenantItem = Static<typeof TenantItem>;
export const tenantRoutes = [
  listRoute({
    path: '/api/platform/auth/tenants',
    access: 'superadmin',
    summary: 'All tenants, newest first',
    item: TenantItem,
    columns: {
      name: { type: 'text', sort: true },
      status: { type: 'text', filter: 'equals', values: ['active', 'suspended'] },
      created_at: { type: 'time', filter: 'range', sort: true },
    },
    search: {
      description: 'Any part of the name, or an id',
      find: (rows, text) => whereSearched(rows, TENANTS_SEARCHED, text, true),
    },
    rows: (_, { db }) => db.read('auth_tenants'),
    items: tenantItems,
  }),
  route({
    method: 'GET',
    path: '/api/platform/auth/tenants/{id}',
    access: { scope: 'settings:read', roles: TENANT_ADMINS },
    summary: 'Your tenant; super-admins see all',
    params: Id,
    responses: { 200: TenantItem },
    handler: ({ principal, params }, services: OrganisationsScope) => tenantOf(principal, params.id, services),
  }),
  route({
    method: 'PATCH',
    path: '/api/platform/auth/tenants/{id}',
    access: { scope: 'settings:manage', roles: TENANT_ADMINS },
    summary:
      'Renames your tenant; super-admins rename, suspend and re-activate all. With If-Match only the version that you know',
    params: Id,
    body: Type.Object(
      { name: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })), status: Type.Optional(Status) },
      { minProperties: 1 },
    ),
    requestHeaders: IF_MATCH,
    responses: { 200: TenantItem },
    async handler({ principal, params, body, ctx, ...request }, services: OrganisationsScope) {
      await tenantOf(principal, params.id, services);
      if (body.status !== undefined && !isSuperadmin(principal))
        throw coreErrors.forbidden({ message: "Only a super-admin may change 'status'" });
      await services.tenants.change(principal, params.id, body, originOf(request), preconditionOf(ctx));
      return tenantOf(principal, params.id, services);
    },
  }),
];

/** Throws `not_found` also for tenants that are not the principal's. */
async function tenantOf(principal: Principal, uuid: string, services: OrganisationsScope) {
  const row = isSuperadmin(principal) || principal.tenantId === uuid ? await services.people.tenantByUuid(uuid) : null;
  if (!row) throw coreErrors.not_found({ message: 'There is no such tenant' });
  const [item] = await tenantItems([row], services);
  return versioned(editableTenant(row), item);
}

async function tenantItems(rows: TenantRow[], { db }: Services): Promise<TenantItem[]> {
  const counts = await userCounts(
    db,
    rows.map(({ id }) => id),
  );
  return rows.map((row) => ({
    ...tenantView(row),
    user_count: counts.get(row.id) ?? 0,
    version: versionOf(editableTenant(row)),
  }));
}
