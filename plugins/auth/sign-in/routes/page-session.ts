/**
 * /api/platform/auth/session: every way of signing in, for pages; /api/platform/me: who is asking. They answer who has signed in, and set the cookie. Only pages
 * of this server may: nobody is to be signed in as somebody else by a page of another one.
 */
import type { AuthenticationResponseJSON } from '@simplewebauthn/server';
import type Koa from 'koa';
import Type from 'typebox';
import { requestOrigin } from '#core/kit.ts';
import { coreErrors, reply, route } from '#core/plugin.ts';
import {
  Email,
  LinkToken,
  MAIL_LIMIT,
  Otp,
  originOf,
  Password,
  PEOPLE,
  personOf,
  SIGN_IN_LIMIT,
  TenantName,
  Username,
} from '../../access.ts';
import type { UserRow } from '../../accounts/tables.ts';
import type { Origin } from '../../contract.ts';
import { Credential } from '../../factors/routes.ts';
import type { OpenedPage } from '../../sessions/answers.ts';
import { answerWith } from '../../sessions/answers.ts';
import type { SignInScope } from '../services.ts';
import { type MeView, meView } from '../session-info.ts';

const PATH = '/api/platform/auth/session';
const Name = Type.Optional(Type.String({ maxLength: 200 }));

export const pageSessionRoutes = [
  route({
    method: 'POST',
    path: PATH,
    operationId: 'openPageSession',
    access: 'public',
    summary: 'Signs in with a password, for a page',
    rateLimit: SIGN_IN_LIMIT,
    body: Type.Object({
      identifier: Type.String({
        minLength: 1,
        maxLength: 320,
        description: 'E-mail address, user name or phone number',
      }),
      password: Password,
      otp: Type.Optional(Otp),
    }),
    responses: { 200: meView },
    handler: ({ body, ...request }, services: SignInScope) =>
      signIn(request, services, 'password', (origin) => services.accounts.signIn({ ...body, ...origin })),
  }),
  route({
    method: 'POST',
    path: `${PATH}/magic-link`,
    operationId: 'openPageWithMagicLink',
    access: 'public',
    summary: 'Signs in with the token of a mailed link, for a page',
    rateLimit: SIGN_IN_LIMIT,
    body: Type.Object({ token: LinkToken, otp: Type.Optional(Otp) }),
    responses: { 200: meView },
    handler: ({ body, ...request }, services: SignInScope) =>
      signIn(request, services, 'magic-link', (origin) =>
        services.emailLinks.signInByMagic(body.token, body.otp, origin),
      ),
  }),
  route({
    method: 'POST',
    path: `${PATH}/passkey`,
    operationId: 'openPageWithPasskey',
    access: 'public',
    summary: 'Signs in with a passkey, for a page',
    rateLimit: SIGN_IN_LIMIT,
    body: Type.Object({ credential: Credential }),
    responses: { 200: meView },
    handler: ({ body, ...request }, services: SignInScope) =>
      signIn(request, services, 'passkey', (origin) =>
        services.passkeys.signIn(body.credential as AuthenticationResponseJSON, origin),
      ),
  }),
  route({
    method: 'POST',
    path: `${PATH}/oidc`,
    operationId: 'openPageAfterProvider',
    access: 'public',
    summary: 'Continues after a provider with the code of the second factor, for a page',
    rateLimit: SIGN_IN_LIMIT,
    body: Type.Object({ challenge: LinkToken, otp: Otp }),
    responses: { 200: meView },
    handler: ({ body, ...request }, services: SignInScope) =>
      signIn(request, services, 'oidc', (origin) => services.oidc.finishWithCode(body.challenge, body.otp, origin)),
  }),
  route({
    method: 'POST',
    path: `${PATH}/register`,
    operationId: 'registerOnPage',
    access: 'public',
    summary: 'Creates an account with its own tenant, and signs in, for a page',
    rateLimit: MAIL_LIMIT,
    body: Type.Object({
      email: Email,
      password: Password,
      full_name: Name,
      tenant_name: TenantName,
    }),
    responses: { 200: meView },
    handler: ({ body, ...request }, services: SignInScope) =>
      signIn(request, services, 'password', (origin) => {
        const { email, password, full_name: fullName, tenant_name: tenantName } = body;
        return services.registration.register({ email, password, fullName, tenantName, origin });
      }),
  }),
  route({
    method: 'POST',
    path: `${PATH}/invitation`,
    operationId: 'acceptInvitationOnPage',
    access: 'public',
    summary: 'Makes the account that an invitation is for, and signs in, for a page',
    rateLimit: SIGN_IN_LIMIT,
    body: Type.Object({ token: LinkToken, password: Password, full_name: Name }),
    responses: { 200: meView },
    handler: ({ body, ...request }, services: SignInScope) =>
      signIn(request, services, 'invitation', (origin) => services.invitations.accept(body, origin)),
  }),
  route({
    method: 'POST',
    path: `${PATH}/setup`,
    operationId: 'setUpOnPage',
    access: 'public',
    summary: 'Makes the first super-admin with the token of the set-up link, and signs in, for a page',
    rateLimit: SIGN_IN_LIMIT,
    body: Type.Object({
      token: LinkToken,
      email: Email,
      username: Type.Optional(Username),
      password: Password,
      tenant_name: TenantName,
    }),
    responses: { 200: meView },
    handler: ({ body, ...request }, services: SignInScope) =>
      signIn(request, services, 'setup', (origin) => {
        const { tenant_name: tenantName, ...account } = body;
        return services.registration.setUp({ ...account, tenantName, origin });
      }),
  }),
  route({
    method: 'POST',
    path: `${PATH}/password`,
    operationId: 'changePasswordOnPage',
    access: PEOPLE,
    summary: 'Sets your own password; all other sessions end, and this page continues with a new one',
    description: 'Asks for the current one, unless you have just signed in.',
    rateLimit: SIGN_IN_LIMIT,
    body: Type.Object({ new_password: Password, current_password: Type.Optional(Password) }),
    responses: { 200: meView },
    async handler({ body, principal, ctx, ...request }, services: SignInScope) {
      const { accounts, passwordChanges, pageSessions } = services;
      const person = personOf(principal);
      if (pageSessions.csrfTokenOf(person) === null)
        throw coreErrors.forbidden({ message: 'This is for pages; programs use POST /api/v2/auth/set-password' });
      const origin = originOf(request);
      const wish = { password: body.new_password, current: body.current_password };
      await passwordChanges.change(person, wish, origin);
      const user = await accounts.byId(person.userId);
      if (!user) throw coreErrors.unauthenticated();
      return answerIn(ctx, services, await pageSessions.open(user, 'password', origin));
    },
  }),
  route({
    method: 'DELETE',
    path: PATH,
    operationId: 'closePageSession',
    access: PEOPLE,
    summary: 'Signs this page out',
    responses: { 204: null },
    async handler({ principal }, { sessions, pageSessions }: SignInScope) {
      await sessions.end({ sessionId: principal.credentialId, principal });
      return reply(204, null, { 'set-cookie': pageSessions.removal });
    },
  }),
  route({
    method: 'GET',
    path: '/api/platform/me',
    access: { scope: 'account:read' },
    summary: 'Your account, your rights, and the token that a page sends with its writes',
    responses: { 200: meView },
    handler: ({ principal }, { me }: SignInScope) => me.of(principal),
  }),
];

async function signIn(
  request: Origin & { ctx: Koa.Context },
  services: SignInScope,
  method: string,
  prove: (origin: Origin) => Promise<UserRow>,
): Promise<MeView> {
  const { ctx } = request;
  const { pageSessions, coreConfig } = services;
  if (requestOrigin((name) => ctx.get(name), coreConfig.http.publicUrl) !== 'own') {
    throw coreErrors.foreign_page({
      message: 'Pages of this server alone sign in here; programs use /api/v2/auth/login',
    });
  }
  const origin = originOf(request);
  const user = await prove(origin);
  return answerIn(
    ctx,
    services,
    await pageSessions.open(user, method, origin, ctx.cookies.get(pageSessions.cookieName)),
  );
}

async function answerIn(ctx: Koa.Context, { pageSessions, me }: SignInScope, opened: OpenedPage): Promise<MeView> {
  answerWith(ctx, opened);
  const principal = await pageSessions.principalIn(opened.sessionId);
  if (!principal) throw coreErrors.unauthenticated();
  return me.of(principal);
}
