/** /api/v2/auth: registration, login, tokens, passwords, links, for programs; MoltFlow's paths. */
import Type from 'typebox';
import { reply, route } from '#core/plugin.ts';
import {
  accountOf,
  Email,
  LinkToken,
  MAIL_LIMIT,
  Message,
  Otp,
  originOf,
  Password,
  PEOPLE,
  personOf,
  SIGN_IN_LIMIT,
} from '../../access.ts';
import { ProfileView } from '../../accounts/views.ts';
import { LoginAnswer } from '../../sessions/answers.ts';
import type { SignInScope } from '../services.ts';

const SENT = { message: 'If the address is known, a mail is on its way' };

export const signInRoutes = [
  route({
    method: 'POST',
    path: '/api/v2/auth/register',
    access: 'public',
    summary: 'Creates an account with its own tenant',
    rateLimit: MAIL_LIMIT,
    body: Type.Object({
      email: Email,
      password: Password,
      full_name: Type.Optional(Type.String({ maxLength: 200 })),
      tenant_name: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
    }),
    responses: { 201: LoginAnswer },
    async handler({ body, ...request }, { registration, sessions }: SignInScope) {
      const origin = originOf(request);
      const user = await registration.register({
        email: body.email,
        password: body.password,
        fullName: body.full_name,
        tenantName: body.tenant_name,
        origin,
      });
      return reply(201, await sessions.open(user, 'password', origin));
    },
  }),
  route({
    method: 'POST',
    path: '/api/v2/auth/login',
    access: 'public',
    summary: 'Signs in with e-mail address and password',
    rateLimit: SIGN_IN_LIMIT,
    body: Type.Object({
      email: Type.String({ minLength: 1, maxLength: 320, examples: ['user@example.com'] }),
      password: Password,
      otp: Type.Optional(Otp),
    }),
    responses: { 200: LoginAnswer },
    async handler({ body, ...request }, { accounts, sessions }: SignInScope) {
      const origin = originOf(request);
      const user = await accounts.signIn({ identifier: body.email, password: body.password, otp: body.otp, ...origin });
      return sessions.open(user, 'password', origin);
    },
  }),
  route({
    method: 'POST',
    path: '/api/v2/auth/refresh',
    operationId: 'refreshTokens',
    access: 'public',
    summary: 'A new pair of tokens for a refresh token, which is used up',
    rateLimit: SIGN_IN_LIMIT,
    body: Type.Object({ refresh_token: Type.String({ maxLength: 2000, writeOnly: true }) }),
    responses: { 200: LoginAnswer },
    handler: ({ body, ...request }, { sessions }: SignInScope) =>
      sessions.refresh(body.refresh_token, originOf(request)),
  }),
  route({
    method: 'GET',
    path: '/api/v2/auth/me',
    access: { scope: 'account:read' },
    summary: 'Who you are',
    responses: { 200: ProfileView },
    handler: ({ principal }, { profiles }: SignInScope) => profiles.read(accountOf(principal)),
  }),
  route({
    method: 'POST',
    path: '/api/v2/auth/logout',
    access: 'user',
    summary: 'Ends the session',
    body: Type.Object({ refresh_token: Type.Optional(Type.String({ maxLength: 2000, writeOnly: true })) }),
    responses: { 200: Message },
    async handler({ body, principal }, { sessions }: SignInScope) {
      const sessionId = principal.kind === 'user' ? principal.credentialId : undefined;
      await sessions.end({ refreshToken: body.refresh_token, sessionId, principal });
      return { message: 'Signed out' };
    },
  }),
  route({
    method: 'POST',
    path: '/api/v2/auth/forgot-password',
    operationId: 'requestPasswordReset',
    access: 'public',
    summary: 'Mails a link to choose a new password',
    rateLimit: MAIL_LIMIT,
    body: Type.Object({ email: Email }),
    responses: { 200: Message },
    async handler({ body, ...request }, { linkRequests }: SignInScope) {
      await linkRequests.request('reset', body.email, originOf(request));
      return SENT;
    },
  }),
  route({
    method: 'POST',
    path: '/api/v2/auth/reset-password',
    access: 'public',
    summary: 'Sets a new password with the token of the link; ends all sessions',
    rateLimit: SIGN_IN_LIMIT,
    body: Type.Object({ token: LinkToken, new_password: Password }),
    responses: { 200: Message },
    async handler({ body, ...request }, { passwordChanges }: SignInScope) {
      await passwordChanges.reset(body.token, body.new_password, originOf(request));
      return { message: 'The password is changed; sign in with it' };
    },
  }),
  route({
    method: 'POST',
    path: '/api/v2/auth/verify-email',
    access: 'public',
    summary: 'Confirms an e-mail address with the token of the link',
    rateLimit: SIGN_IN_LIMIT,
    body: Type.Object({ token: LinkToken }),
    responses: { 200: Message },
    async handler({ body, ...request }, { emailLinks }: SignInScope) {
      await emailLinks.verify(body.token, originOf(request));
      return { message: 'The e-mail address is confirmed' };
    },
  }),
  route({
    method: 'POST',
    path: '/api/v2/auth/magic-link/request',
    access: 'public',
    summary: 'Mails a link to sign in with',
    rateLimit: MAIL_LIMIT,
    body: Type.Object({ email: Email }),
    responses: { 200: Message },
    async handler({ body, ...request }, { linkRequests }: SignInScope) {
      await linkRequests.request('magic', body.email, originOf(request));
      return SENT;
    },
  }),
  route({
    method: 'POST',
    path: '/api/v2/auth/magic-link/verify',
    operationId: 'signInWithMagicLink',
    access: 'public',
    summary: 'Signs in with the token of the link',
    rateLimit: SIGN_IN_LIMIT,
    body: Type.Object({ token: LinkToken, otp: Type.Optional(Otp) }),
    responses: { 200: LoginAnswer },
    async handler({ body, ...request }, { emailLinks, sessions }: SignInScope) {
      const origin = originOf(request);
      return sessions.open(await emailLinks.signInByMagic(body.token, body.otp, origin), 'magic-link', origin);
    },
  }),
  route({
    method: 'POST',
    path: '/api/v2/auth/set-password',
    access: PEOPLE,
    summary: 'Sets your own password; ends all sessions. Asks for the current one, unless you have just signed in',
    rateLimit: SIGN_IN_LIMIT,
    body: Type.Object({
      password: Type.Optional(Password),
      new_password: Type.Optional(Password),
      current_password: Type.Optional(Password),
    }),
    responses: { 200: Message },
    async handler({ body, principal, ...request }, { passwordChanges }: SignInScope) {
      const wish = { password: body.password ?? body.new_password ?? '', current: body.current_password };
      await passwordChanges.change(personOf(principal), wish, originOf(request));
      return { message: 'The password is set; sign in with it' };
    },
  }),
];
