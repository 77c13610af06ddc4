/** WorkBot: people sign in with their phone, and see who they are; super-admins see and suspend them. */

import type { Knex } from 'knex';
import Type, { type Static } from 'typebox';
import { isoSeconds } from '#core/kit.ts';
import { coreErrors, route } from '#core/plugin.ts';
import type { User } from '#plugins/auth/contract.ts';
import { answer } from '../dialect.ts';
import { SENTENCES } from '../dialect-messages.ts';
import { robotErrors } from '../errors.ts';
import { ListOf, PageNumber } from '../paging.ts';
import { countStranger } from '../request-limit.ts';
import { nicknameOf } from '../robots/views.ts';
import { TextOrNull } from '../serialization.ts';
import type { RobotsGround } from '../services.ts';

const Phone = Type.String({ minLength: 1, maxLength: 32, examples: ['13800000000'] });

const PERSON = {
  userId: Type.Integer(),
  nickname: Type.String(),
  avatar: TextOrNull,
  phone: TextOrNull,
  role: Type.Enum(['user', 'admin'], { description: '`admin` is who administers the platform' }),
};
const PersonObject = Type.Object(PERSON);

export const userRoutes = [
  route({
    method: 'POST',
    path: '/api/user/send-sms',
    access: 'public',
    summary: 'Sends a code to a phone; the answer is the same for phones that nobody has',
    body: Type.Object({ phone: Phone }, { additionalProperties: true }),
    responses: { 200: Type.Object({ expiresIn: Type.Integer({ description: 'Seconds', examples: [300] }) }) },
    async handler({ body, ip, userAgent }, scope: RobotsGround) {
      await countStranger(scope, ip);
      return answer(SENTENCES.smsSent, await scope.phoneSignIn.sendCode(body.phone, { ip, userAgent }));
    },
  }),
  route({
    method: 'POST',
    path: '/api/user/login',
    access: 'public',
    summary: 'Signs in with the code; a new phone gets an account, unless registration is closed',
    body: Type.Object(
      {
        phone: Phone,
        code: Type.String({ minLength: 1, maxLength: 20, examples: ['123456'], writeOnly: true }),
        otp: Type.Optional(Type.String({ maxLength: 20, description: 'Code of the second factor', writeOnly: true })),
      },
      { additionalProperties: true },
    ),
    responses: { 200: Type.Object({ ...PERSON, token: Type.String(), refreshToken: Type.String() }) },
    async handler({ body, ip, userAgent }, scope: RobotsGround) {
      await countStranger(scope, ip);
      const { phone, code, otp } = body;
      const { user, accessToken, refreshToken } = await scope.phoneSignIn.signIn({ phone, code, otp, ip, userAgent });
      return answer(SENTENCES.signedIn, { ...personView(user), token: accessToken, refreshToken });
    },
  }),
  route({
    method: 'GET',
    path: '/api/user/info',
    access: { scope: 'account:read' },
    summary: 'Who you are',
    responses: { 200: Type.Object({ ...PERSON, createdAt: Type.String() }) },
    async handler({ principal }, { people }: RobotsGround) {
      const user = principal.userId ? await people.userById(principal.userId) : null;
      if (!user) throw coreErrors.forbidden({ message: 'This needs an account; the root token has none' });
      return { ...personView(user), createdAt: isoSeconds(user.created_at) };
    },
  }),
];

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
    async handler({ query }, { directory, db }: RobotsGround) {
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
        lastLoginAt: isoSeconds(user.last_login_at),
      }));
      return { total: found.total, list };
    },
  }),
  route({
    method: 'POST',
    path: '/api/admin/users/{userId}/disable',
    access: 'superadmin',
    summary: 'Suspends a person: all their sessions end',
    params: Type.Object({ userId: Type.Integer({ minimum: 1, maximum: 2 ** 31 - 1 }) }),
    responses: { 200: Type.Null() },
    async handler({ params, principal, ip, userAgent }, { people, administration }: RobotsGround) {
      const user = await people.userById(params.userId);
      if (!user) throw robotErrors.USER_NOT_FOUND();
      await administration.changeUser(principal, user.uuid, { status: 'suspended' }, { ip, userAgent });
      return answer(SENTENCES.disabled);
    },
  }),
];

function personView(user: User): Static<typeof PersonObject> {
  return {
    userId: user.id,
    nickname: nicknameOf(user),
    avatar: user.avatar,
    phone: user.phone,
    role: user.is_superadmin === 1 ? 'admin' : 'user',
  };
}

/** How many rows each of these people has. */
async function countsOf(query: Knex.QueryBuilder, users: readonly number[]): Promise<ReadonlyMap<number, number>> {
  const rows: { user_id: number; total: number }[] = await query
    .whereIn('user_id', users)
    .groupBy('user_id')
    .select('user_id')
    .count({ total: '*' });
  return new Map(rows.map(({ user_id, total }) => [Number(user_id), Number(total)]));
}
