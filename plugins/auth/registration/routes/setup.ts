/** /api/platform/setup: the first super-admin of a new server, and the page for it. */
import Type from 'typebox';
import { reply, route } from '#core/plugin.ts';
import { Email, LinkToken, originOf, Password, SIGN_IN_LIMIT, Username } from '../../access.ts';
import { LoginAnswer } from '../../sessions/answers.ts';
import type { RegistrationScope } from '../services.ts';
import { setupPage } from './setup-page.ts';

export const setupRoutes = [
  route({
    method: 'POST',
    path: '/api/platform/setup',
    operationId: 'setUp',
    access: 'public',
    summary: 'Makes the first super-admin with the token of the set-up link',
    rateLimit: SIGN_IN_LIMIT,
    body: Type.Object({
      token: LinkToken,
      email: Email,
      username: Type.Optional(Username),
      password: Password,
    }),
    responses: { 201: LoginAnswer },
    async handler({ body, ...request }, { registration, sessions }: RegistrationScope) {
      const origin = originOf(request);
      const user = await registration.setUp({ ...body, origin });
      return reply(201, await sessions.open(user, 'setup', origin));
    },
  }),
  setupPage,
];
