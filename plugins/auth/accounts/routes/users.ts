/** /api/platform/auth/users: the people of a tenant for its administrators, everybody for super-admins; and changing them. */
import Type, { type Static } from 'typebox';
import { isSuperadmin, TENANT_ADMINS } from '#core/kit.ts';
import {
  IF_MATCH,
  listRoute,
  preconditionOf,
  reply,
  route,
  type Services,
  versioned,
  versionOf,
} from '#core/plugin.ts';
import { accountOf, Email, Id, originOf, RoleName, Status, Username } from '../../access.ts';
import type { AccountsScope } from '../services.ts';
import type { UserRow } from '../tables.ts';
import { USERS_SEARCHED, whereSearched } from '../user-search.ts';
import { editableUser } from '../version-fields.ts';
import { ProfileView, profileView } from '../views.ts';

const { avatar: _avatar, pending_email: _pendingEmail, ...ofProfile } = ProfileView.properties;
export const UserItem = Type.Object({
  ...ofProfile,
  can_send: Type.Boolean(),
  mailbox_limit: Type.Integer(),
  suspended_by: Type.Union([Type.String(), Type.Null()], {
    description: '`platform`: a super-admin, who alone lets them in again; `tenant`: its administrators',
  }),
  version: Type.String({ description: 'For `If-Match`' }),
});
type UserItem = Static<typeof UserItem>;

const access = { scope: 'settings:read', roles: TENANT_ADMINS };

export const userRoutes = [
  listRoute({
    path: '/api/platform/auth/users',
    access,
    summary: 'The people of your tenant, newest first; super-admins see everybody',
    item: UserItem,
    columns: {
      email: {
        type: 'text',
        filter: 'prefix',
        orders: true,
        description: 'The beginning of the address, in lower case',
      },
      role: { type: 'text', filter: 'equals', values: ['owner', 'admin', 'member'] },
      status: { type: 'text', filter: 'equals', values: ['active', 'suspended'] },
      is_superadmin: { type: 'boolean', filter: 'equals' },
      tenant_id: {
        type: 'text',
        filter: 'equals',
        narrow: (rows, wanted, { db }) =>
          rows.whereIn('tenant_id', db.read('auth_tenants').whereIn('uuid', wanted).select('id')),
      },
      created_at: { type: 'time', filter: 'range', sort: true },
      last_login_at: { type: 'time', filter: 'range' },
    },
    search: {
      description: 'Any part of an address, a user name or a name; or an id',
      find: (rows, text, _, { principal }) => whereSearched(rows, USERS_SEARCHED, text, isSuperadmin(principal)),
    },
    async rows({ principal }, { db, people }: AccountsScope) {
      if (isSuperadmin(principal)) return { query: db.read('auth_users') };
      const tenant = await people.tenantByUuid(accountOf(principal).tenantId);
      return { query: db.read('auth_users').where({ tenant_id: tenant?.id ?? 0 }) };
    },
    items: userItems,
  }),
  route({
    method: 'GET',
    path: '/api/platform/auth/users/{id}',
    access,
    summary: 'A person of your tenant; super-admins see everyone',
    params: Id,
    responses: { 200: UserItem },
    async handler({ principal, params }, services: AccountsScope) {
      return shown(await services.userChanges.find(principal, params.id), services);
    },
  }),
  route({
    method: 'PATCH',
    path: '/api/platform/auth/users/{id}',
    // People alone: whoever gets a role has more rights than a key with scopes.
    access: { kinds: ['user', 'root'], roles: TENANT_ADMINS },
    summary: 'Changes a person of your tenant, as far as you may; with If-Match only the version that you know',
    description:
      'Owners and admins change `full_name`, `role` and `status` in their tenant; only owners make and change owners. ' +
      'Everything else, and people of other tenants, super-admins change.',
    params: Id,
    body: Type.Object(
      {
        full_name: Type.Optional(Type.Union([Type.String({ maxLength: 200 }), Type.Null()])),
        username: Type.Optional(Username),
        email: Type.Optional(Email),
        role: Type.Optional(RoleName),
        is_superadmin: Type.Optional(Type.Boolean()),
        status: Type.Optional(Status),
        can_send: Type.Optional(Type.Boolean()),
        mailbox_limit: Type.Optional(Type.Integer({ minimum: 0, maximum: 1_000_000 })),
      },
      { minProperties: 1 },
    ),
    requestHeaders: IF_MATCH,
    responses: { 200: UserItem },
    async handler({ principal, params, body, ctx, ...request }, services: AccountsScope) {
      const expects = preconditionOf(ctx);
      return shown(await services.userChanges.change(principal, params.id, body, originOf(request), expects), services);
    },
  }),
  route({
    method: 'POST',
    path: '/api/platform/auth/users/{id}/password-link',
    access: 'superadmin',
    summary:
      'A link with which the person chooses a new password, to be given by hand; shown this once, good for an hour',
    params: Id,
    responses: { 201: Type.Object({ link: Type.String() }) },
    async handler({ principal, params, ...request }, { passwordLinks }: AccountsScope) {
      return reply(201, { link: await passwordLinks.make(principal, params.id, originOf(request)) });
    },
  }),
];

async function shown(row: UserRow, services: Services) {
  const [item] = await userItems([row], services);
  return versioned(editableUser(row), item);
}

async function userItems(rows: UserRow[], { db }: Services): Promise<UserItem[]> {
  const keys = [...new Set(rows.map(({ tenant_id }) => tenant_id))];
  const tenants = await db.read('auth_tenants').whereIn('id', keys).select('id', 'uuid');
  const uuids = new Map(tenants.map(({ id, uuid }) => [id, uuid]));
  return rows.map((row) => {
    const { avatar: _a, pending_email: _p, ...profile } = profileView(row, uuids.get(row.tenant_id) ?? '');
    return {
      ...profile,
      can_send: row.can_send === 1,
      mailbox_limit: row.mailbox_limit,
      suspended_by: row.status === 'suspended' ? (row.suspended_by ?? 'platform') : null,
      version: versionOf(editableUser(row)),
    };
  });
}
