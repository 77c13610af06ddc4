/** /api/platform/auth/api-keys: keys of one's own, for owners and admins of the tenant, for super-admins all. */
import Type, { type Static } from 'typebox';
import { isSuperadmin } from '#core/kit.ts';
import { listRoute, type Services } from '#core/plugin.ts';
import { accountOf } from '../access.ts';
import type { KeysScope } from './services.ts';
import type { ApiKeyRow } from './tables.ts';
import { ApiKeyView, apiKeyView } from './views.ts';

const KeyItem = Type.Object({
  ...ApiKeyView.properties,
  made_by_administrator: Type.Boolean(),
  made_with: Type.Union([Type.String(), Type.Null()], { description: 'The key that made it, and that it ends with' }),
  user_id: Type.String({ description: 'Who it acts as' }),
  user_email: Type.Union([Type.String(), Type.Null()]),
});

export const keyRoutes = [
  listRoute({
    path: '/api/platform/auth/api-keys',
    access: { scope: 'settings:manage' },
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
