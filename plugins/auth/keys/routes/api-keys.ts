/** API keys: one's own, for owners and admins those of the tenant, for super-admins all; made, revoked and rotated by MoltFlow's paths. */
import Type, { type Static } from 'typebox';
import { isSuperadmin } from '#core/kit.ts';
import { listRoute, reply, route, type Services } from '#core/plugin.ts';
import { accountOf, Id } from '../../access.ts';
import type { KeysScope } from '../services.ts';
import type { ApiKeyRow } from '../tables.ts';
import { ApiKeyView, apiKeyView, NewApiKeyView } from '../views.ts';

const KeyItem = Type.Object({
  ...ApiKeyView.properties,
  made_by_administrator: Type.Boolean(),
  made_with: Type.Union([Type.String(), Type.Null()], { description: 'The key that made it, and that it ends with' }),
  user_id: Type.String({ description: 'The identity it acts as' }),
  user_email: Type.Union([Type.String(), Type.Null()]),
});

const access = { scope: 'settings:manage' };

export const keyRoutes = [
  listRoute({
    path: '/api/platform/auth/api-keys',
    access,
    summary: 'Your API keys, newest first; owners and admins see those of the tenant, super-admins all',
    item: KeyItem,
    key: 'auth_api_keys.id',
    columns: {
      state: {
        type: 'text',
        filter: 'equals',
        values: ['active', 'ended'],
        narrow(rows, wanted, { clock }) {
          const now = clock.now();
          const lasts = '(revoked_at is null or revoked_at > ?) and (expires_at is null or expires_at > ?)';
          if (!wanted.includes('ended')) rows.whereRaw(`(${lasts})`, [now, now]);
          if (!wanted.includes('active')) rows.whereRaw(`not (${lasts})`, [now, now]);
        },
      },
      user_id: {
        type: 'text',
        filter: 'equals',
        narrow: (rows, wanted, { db }) =>
          rows.whereIn('auth_api_keys.user_id', db.read('auth_users').whereIn('uuid', wanted).select('id')),
      },
      created_at: { type: 'time', column: 'auth_api_keys.created_at', filter: 'range', sort: true },
    },
    rows: ({ principal }, { db, apiKeys }: KeysScope) =>
      isSuperadmin(principal) ? db.read('auth_api_keys') : apiKeys.visible(accountOf(principal)),
    items: keyItems,
  }),
  route({
    method: 'GET',
    path: '/api/v2/api-keys',
    access,
    summary: 'Your API keys; owners and admins see those of the tenant',
    responses: { 200: Type.Array(ApiKeyView) },
    handler: ({ principal }, { apiKeys }: KeysScope) => apiKeys.list(accountOf(principal)),
  }),
  route({
    method: 'POST',
    path: '/api/v2/api-keys',
    access,
    summary: 'Makes an API key; `raw_key` is shown this once',
    body: Type.Object(
      {
        name: Type.String({ minLength: 1, maxLength: 100 }),
        scopes: Type.Optional(
          Type.Array(Type.String({ maxLength: 64 }), { minItems: 1, maxItems: 100, uniqueItems: true }),
        ),
        expires_in_days: Type.Optional(Type.Integer({ minimum: 1, maximum: 3650 })),
      },
      { examples: [{ name: 'outreach-bot', scopes: ['messages:send', 'custom-groups:manage'], expires_in_days: 90 }] },
    ),
    responses: { 201: NewApiKeyView },
    handler: async ({ body, principal }, { apiKeys }: KeysScope) =>
      reply(201, await apiKeys.create(accountOf(principal), body)),
  }),
  route({
    method: 'GET',
    path: '/api/v2/api-keys/{id}',
    access,
    summary: 'One API key',
    params: Id,
    responses: { 200: ApiKeyView },
    handler: ({ params, principal }, { apiKeys }: KeysScope) => apiKeys.get(accountOf(principal), params.id),
  }),
  route({
    method: 'DELETE',
    path: '/api/v2/api-keys/{id}',
    access,
    summary: 'Revokes an API key at once',
    params: Id,
    responses: { 204: null },
    handler: ({ params, principal }, { apiKeys }: KeysScope) => apiKeys.revoke(accountOf(principal), params.id),
  }),
  route({
    method: 'POST',
    path: '/api/v2/api-keys/{id}/rotate',
    access,
    summary: 'A new secret for the key; the old one stops at once, or after `grace_minutes`',
    params: Id,
    body: Type.Object({ grace_minutes: Type.Integer({ minimum: 0, maximum: 10_080, default: 0 }) }),
    responses: { 201: NewApiKeyView },
    handler: async ({ params, body, principal }, { apiKeys }: KeysScope) =>
      reply(201, await apiKeys.rotate(accountOf(principal), params.id, body.grace_minutes)),
  }),
];

async function keyItems(rows: ApiKeyRow[], { db, clock }: Services): Promise<Static<typeof KeyItem>[]> {
  const keys = [...new Set(rows.map(({ user_id }) => user_id))];
  const users = await db.read('auth_users').whereIn('id', keys).select('id', 'uuid', 'email');
  const byKey = new Map(users.map((user) => [user.id, user]));
  const makers = await db
    .read('auth_api_keys')
    .whereIn(
      'id',
      rows.flatMap(({ made_with }) => made_with ?? []),
    )
    .select('id', 'uuid');
  const uuids = new Map(makers.map(({ id, uuid }) => [Number(id), uuid]));
  return rows.map((row) => ({
    ...apiKeyView(row, clock.now()),
    made_by_administrator: row.made_by !== null,
    made_with: row.made_with === null ? null : (uuids.get(Number(row.made_with)) ?? null),
    user_id: byKey.get(row.user_id)?.uuid ?? '',
    user_email: byKey.get(row.user_id)?.email ?? null,
  }));
}
