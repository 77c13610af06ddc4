/** WorkBot: people sign in with their phone, and see who they are. */

import Type, { type Static } from 'typebox';
import { isoSeconds } from '#core/kit.ts';
import { coreErrors, route } from '#core/plugin.ts';
import type { User } from '#plugins/auth/contract.ts';
import { answer } from '../../dialect.ts';
import { SENTENCES } from '../../dialect-messages.ts';
import { countStranger } from '../../request-limit.ts';
import { nicknameOf } from '../../robots/views.ts';
import { TextOrNull } from '../../serialization.ts';
import type { WorkbotScope } from '../services.ts';

const Phone = Type.String({ minLength: 1, maxLength: 32, examples: ['13800000000'] });

export const PERSON = {
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
    async handler({ body, ip, userAgent }, scope: WorkbotScope) {
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
    async handler({ body, ip, userAgent }, scope: WorkbotScope) {
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
    async handler({ principal }, { people }: WorkbotScope) {
      const user = principal.userId ? await people.userById(principal.userId) : null;
      if (!user) throw coreErrors.forbidden({ message: 'This needs an account; the root token has none' });
      return { ...personView(user), createdAt: isoSeconds(user.created_at) };
    },
  }),
];

export function personView(user: User): Static<typeof PersonObject> {
  return {
    userId: user.id,
    nickname: nicknameOf(user),
    avatar: user.avatar,
    phone: user.phone,
    role: user.is_superadmin === 1 ? 'admin' : 'user',
  };
}
