/** WorkBot: people, for super-admins. */

import type { Knex } from 'knex';
import Type from 'typebox';
import { isoSeconds } from '#core/kit.ts';
import { route } from '#core/plugin.ts';
import { answer } from '../../dialect.ts';
import { SENTENCES } from '../../dialect-messages.ts';
import { robotErrors } from '../../errors.ts';
import { ListOf, PageNumber } from '../../paging.ts';
import { secondsOrNull, TextOrNull } from '../../serialization.ts';
import type { WorkbotScope } from '../services.ts';
import { PERSON, personView } from './users.ts';

const UserItem = Type.Object({
  ...PERSON,
  status: Type.Enum(['active', 'suspended']),
  robotCount: Type.Integer(),
  totalActivationCodes: Type.Integer(),
  createdAt: Type.String(),
  lastLoginAt: TextOrNull,
});

export const adminUserRoutes = [
  route({
    method: 'GET',
    path: '/api/admin/users',
    access: 'superadmin',
    summary: 'People, newest first, with how many robots and codes they have',
    query: Type.Object({ ...PageNumber, role: Type.Optional(Type.Enum(['user', 'admin'])) }),
    responses: { 200: ListOf(UserItem) },
    async handler({ query }, { directory, db }: WorkbotScope) {
      const { page = 1, pageSize = 20, role } = query;
      const wish = { limit: pageSize, offset: (page - 1) * pageSize, sort: 'desc' as const };
      const found = await directory.page({ ...wish, ...(role && { isSuperadmin: role === 'admin' }) });
      const ids = found.users.map(({ id }) => id);
      const robots = await countsOf(db.read('robots_robots').where({ status: 'active' }), ids);
      const codes = await countsOf(db.read('robots_codes'), ids);
      const list = found.users.map((user) => ({
        ...personView(user),
        status: user.status,
        robotCount: robots.get(user.id) ?? 0,
        totalActivationCodes: codes.get(user.id) ?? 0,
        createdAt: isoSeconds(user.created_at),
        lastLoginAt: secondsOrNull(user.last_login_at),
      }));
      return { total: found.total, list };
    },
  }),
  route({
    method: 'POST',
    path: '/api/admin/users/{userId}/disable',
    access: 'superadmin',
    summary: 'Suspends somebody: all their sessions end',
    params: Type.Object({ userId: Type.Integer({ minimum: 1, maximum: 2 ** 31 - 1 }) }),
    responses: { 200: Type.Null() },
    async handler({ params, principal, ip, userAgent }, { people, administration }: WorkbotScope) {
      const user = await people.userById(params.userId);
      if (!user) throw robotErrors.USER_NOT_FOUND();
      await administration.changeUser(principal, user.uuid, { status: 'suspended' }, { ip, userAgent });
      return answer(SENTENCES.disabled);
    },
  }),
];

/** How many rows each of these people has. */
async function countsOf(query: Knex.QueryBuilder, users: readonly number[]): Promise<ReadonlyMap<number, number>> {
  const rows: { user_id: number; total: number }[] = await query
    .whereIn('user_id', users)
    .groupBy('user_id')
    .select('user_id')
    .count({ total: '*' });
  return new Map(rows.map(({ user_id, total }) => [Number(user_id), Number(total)]));
}
