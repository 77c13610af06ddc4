/** MoltFlow /admin: users, tenants, audit log, figures. Only for super-admins. */
import Type, { type TSchema } from 'typebox';
import { PageQuery } from '#core/kit.ts';
import { route } from '#core/plugin.ts';
import { Email, Id, originOf, RoleName as Role, Status } from '../access.ts';
import { ProfileView } from '../accounts/views.ts';
import { auditEntries } from '../audit/entry-pages.ts';
import type { OrganisationsScope } from '../organisations/services.ts';
import { TenantView } from '../organisations/views.ts';
import { platformStats } from './stats.ts';

const Search = { ...PageQuery, search: Type.Optional(Type.String({ maxLength: 200 })) };
const access = 'superadmin';

function Page<T extends TSchema>(item: T) {
  return Type.Object({
    items: Type.Array(item),
    total: Type.Integer(),
    page: Type.Integer(),
    page_size: Type.Integer(),
  });
}

const ofUsers = [
  route({
    method: 'GET',
    path: '/api/v2/admin/users',
    access,
    summary: 'All users, newest first',
    query: Type.Object({
      ...Search,
      status: Type.Optional(Status),
      role: Type.Optional(Type.Union([Role, Type.Literal('superadmin')])),
      tenant_id: Type.Optional(Type.String({ maxLength: 64 })),
    }),
    responses: { 200: Page(ProfileView) },
    handler: ({ query }, { administration }: OrganisationsScope) => administration.users(query),
  }),
  route({
    method: 'GET',
    path: '/api/v2/admin/users/{id}',
    access,
    summary: 'One user',
    params: Id,
    responses: { 200: ProfileView },
    handler: ({ params }, { administration }: OrganisationsScope) => administration.user(params.id),
  }),
  route({
    method: 'PATCH',
    path: '/api/v2/admin/users/{id}',
    access,
    summary: 'Changes a user',
    params: Id,
    body: Type.Object({
      full_name: Type.Optional(Type.Union([Type.String({ maxLength: 200 }), Type.Null()])),
      email: Type.Optional(Email),
      role: Type.Optional(Role),
      is_superadmin: Type.Optional(Type.Boolean()),
      status: Type.Optional(Status),
      can_send: Type.Optional(Type.Boolean()),
      mailbox_limit: Type.Optional(Type.Integer({ minimum: 0, maximum: 1_000_000 })),
    }),
    responses: { 200: ProfileView },
    handler: ({ params, body, principal, ...request }, { administration }: OrganisationsScope) =>
      administration.changeUser(principal, params.id, body, originOf(request)),
  }),
  ...(['suspend', 'activate'] as const).map((verb) =>
    route({
      method: 'POST',
      path: `/api/v2/admin/users/{id}/${verb}`,
      access,
      summary: verb === 'suspend' ? 'Suspends a user and ends all sessions at once' : 'Lets a suspended user in again',
      params: Id,
      responses: { 200: ProfileView },
      handler: ({ params, principal, ...request }, { administration }: OrganisationsScope) =>
        administration.changeUser(
          principal,
          params.id,
          { status: verb === 'suspend' ? 'suspended' : 'active' },
          originOf(request),
        ),
    }),
  ),
  route({
    method: 'DELETE',
    path: '/api/v2/admin/users/{id}',
    access,
    summary: 'Erases a user',
    params: Id,
    responses: { 204: null },
    handler: ({ params, principal, ...request }, { administration }: OrganisationsScope) =>
      administration.deleteUser(principal, params.id, originOf(request)),
  }),
];

const ofTenants = [
  route({
    method: 'GET',
    path: '/api/v2/admin/tenants',
    access,
    summary: 'All tenants, newest first',
    query: Type.Object({ ...Search, status: Type.Optional(Status) }),
    responses: { 200: Page(TenantView) },
    handler: ({ query }, { tenants }: OrganisationsScope) => tenants.page(query),
  }),
  route({
    method: 'GET',
    path: '/api/v2/admin/tenants/{id}',
    access,
    summary: 'One tenant',
    params: Id,
    responses: { 200: TenantView },
    handler: ({ params }, { tenants }: OrganisationsScope) => tenants.one(params.id),
  }),
  route({
    method: 'PATCH',
    path: '/api/v2/admin/tenants/{id}',
    access,
    summary: 'Renames, suspends or re-activates a tenant',
    params: Id,
    body: Type.Object({
      name: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
      status: Type.Optional(Status),
    }),
    responses: { 200: TenantView },
    handler: ({ params, body, principal, ...request }, { tenants }: OrganisationsScope) =>
      tenants.change(principal, params.id, body, originOf(request)),
  }),
  route({
    method: 'DELETE',
    path: '/api/v2/admin/tenants/{id}',
    access,
    summary: 'Erases a tenant with everybody in it',
    params: Id,
    responses: { 204: null },
    handler: ({ params, principal, ...request }, { tenants }: OrganisationsScope) =>
      tenants.erase(principal, params.id, originOf(request)),
  }),
];

const insight = [
  route({
    method: 'GET',
    path: '/api/v2/admin/stats',
    access,
    summary: 'Figures of the whole platform',
    responses: { 200: Type.Record(Type.String(), Type.Number()) },
    handler: (_, { db, clock }: OrganisationsScope) => platformStats(db, clock.now()),
  }),
  route({
    method: 'GET',
    path: '/api/v2/admin/audit-logs',
    access,
    summary: 'The audit log, newest first',
    query: Type.Object({
      ...Search,
      action: Type.Optional(Type.String({ maxLength: 60 })),
      actor: Type.Optional(Type.String({ maxLength: 200 })),
      tenant_id: Type.Optional(Type.String({ maxLength: 64 })),
      from: Type.Optional(Type.String({ format: 'date-time' })),
      to: Type.Optional(Type.String({ format: 'date-time' })),
    }),
    responses: { 200: Page(Type.Unknown()) },
    handler: ({ query }, { db }: OrganisationsScope) => auditEntries(db, query),
  }),
];

export const adminRoutes = [...ofUsers, ...ofTenants, ...insight];
