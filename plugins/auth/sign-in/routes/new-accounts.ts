/** Accounts that begin with a link, and are signed in by it: the first super-admin of a new server, and who was invited. */
import Type from 'typebox';
import { reply, route } from '#core/plugin.ts';
import { Email, LinkToken, originOf, Password, SIGN_IN_LIMIT, TenantName, Username } from '../../access.ts';
import { LoginAnswer } from '../../sessions/answers.ts';
import type { SignInScope } from '../services.ts';
import { setupPage } from './setup-page.ts';

export const newAccountRoutes = [
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
      tenant_name: TenantName,
    }),
    responses: { 201: LoginAnswer },
    async handler({ body, ...request }, { registration, sessions }: SignInScope) {
      const origin = originOf(request);
      const { tenant_name: tenantName, ...account } = body;
      const user = await registration.setUp({ ...account, tenantName, origin });
      return reply(201, await sessions.open(user, 'setup', origin));
    },
  }),
  route({
    method: 'POST',
    path: '/api/platform/auth/invitations/accept',
    operationId: 'acceptInvitation',
    access: 'public',
    summary: 'Makes the account that the invitation is for; answers like login',
    rateLimit: SIGN_IN_LIMIT,
    body: Type.Object({
      token: LinkToken,
      password: Password,
      full_name: Type.Optional(Type.String({ maxLength: 200 })),
    }),
    responses: { 201: LoginAnswer },
    async handler({ body, ...request }, { invitations, sessions }: SignInScope) {
      const origin = originOf(request);
      const user = await invitations.accept(body, origin);
      return reply(201, await sessions.open(user, 'invitation', origin));
    },
  }),
  setupPage,
];
