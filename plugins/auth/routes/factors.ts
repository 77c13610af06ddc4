/** /api/platform/auth: second factor, passkeys, providers, sessions. */
import type { AuthenticationResponseJSON, RegistrationResponseJSON } from '@simplewebauthn/server';
import Type from 'typebox';
import { coreErrors } from '#core/errors.ts';
import { isoSeconds } from '#core/iso-time.ts';
import { reply, route } from '#core/plugin.ts';
import type { AuthScope } from '../scope.ts';
import { Id, LinkToken, LoginAnswer, Otp, originOf, personOf, SIGN_IN_LIMIT } from './shared.ts';

/** What a browser's `navigator.credentials` gives; @simplewebauthn checks what is inside. */
const Credential = Type.Object(
  {
    id: Type.String({ maxLength: 2000 }),
    rawId: Type.String({ maxLength: 2000 }),
    type: Type.Literal('public-key'),
    response: Type.Object({ clientDataJSON: Type.String({ maxLength: 10_000 }) }, { additionalProperties: true }),
    clientExtensionResults: Type.Object({}, { additionalProperties: true }),
    authenticatorAttachment: Type.Optional(Type.String({ maxLength: 40 })),
  },
  { description: 'PublicKeyCredential as JSON (WebAuthn §5.1)' },
);
const PasskeyView = Type.Object({
  id: Type.String(),
  name: Type.String(),
  created_at: Type.String(),
  last_used_at: Type.Union([Type.String(), Type.Null()]),
});
const Options = Type.Object({}, { additionalProperties: true, description: 'Options for navigator.credentials' });
const Provider = Type.Object({ provider: Type.String({ maxLength: 100 }) });

const totp = [
  route({
    method: 'POST',
    path: '/api/platform/auth/totp',
    access: 'user',
    summary: 'Begins the second factor: a secret for the authenticator app',
    responses: { 200: Type.Object({ secret: Type.String(), otpauth_url: Type.String() }) },
    async handler({ principal }, { secondFactor, people }: AuthScope) {
      const { userId, id } = personOf(principal);
      const user = await people.userById(userId);
      return secondFactor.begin(userId, user?.email ?? user?.username ?? id);
    },
  }),
  route({
    method: 'POST',
    path: '/api/platform/auth/totp/confirm',
    access: 'user',
    summary: 'Switches the second factor on with a first code; gives the recovery codes, this once',
    rateLimit: SIGN_IN_LIMIT,
    body: Type.Object({ code: Otp }),
    responses: { 200: Type.Object({ recovery_codes: Type.Array(Type.String()) }) },
    async handler({ principal, body, ...request }, { secondFactor, auditLog }: AuthScope) {
      const person = personOf(principal);
      const recovery_codes = await secondFactor.confirm(person.userId, body.code);
      await auditLog.record({ action: 'totp.enabled', actor: person, ...originOf(request) });
      return { recovery_codes };
    },
  }),
  route({
    method: 'DELETE',
    path: '/api/platform/auth/totp',
    access: 'user',
    summary: 'Switches the second factor off with a code',
    rateLimit: SIGN_IN_LIMIT,
    body: Type.Object({ code: Otp }),
    responses: { 204: null },
    async handler({ principal, body, ...request }, { secondFactor, auditLog }: AuthScope) {
      const person = personOf(principal);
      await secondFactor.disable(person.userId, body.code);
      await auditLog.record({ action: 'totp.disabled', actor: person, ...originOf(request) });
    },
  }),
];

const passkeys = [
  route({
    method: 'GET',
    path: '/api/platform/auth/passkeys',
    access: 'user',
    summary: 'Your passkeys',
    responses: { 200: Type.Object({ items: Type.Array(PasskeyView) }) },
    handler: async ({ principal }, services: AuthScope) => ({
      items: await services.passkeys.list(personOf(principal).userId),
    }),
  }),
  route({
    method: 'POST',
    path: '/api/platform/auth/passkeys/options',
    access: 'user',
    summary: 'Begins adding a passkey',
    responses: { 200: Options },
    handler: ({ principal }, services: AuthScope) => services.passkeys.registrationOptions(personOf(principal)),
  }),
  route({
    method: 'POST',
    path: '/api/platform/auth/passkeys',
    access: 'user',
    summary: 'Adds a passkey',
    body: Type.Object({ name: Type.String({ minLength: 1, maxLength: 100 }), credential: Credential }),
    responses: { 201: PasskeyView },
    handler: async ({ principal, body }, services: AuthScope) =>
      reply(
        201,
        await services.passkeys.register(personOf(principal), body.name, body.credential as RegistrationResponseJSON),
      ),
  }),
  route({
    method: 'DELETE',
    path: '/api/platform/auth/passkeys/{id}',
    access: 'user',
    summary: 'Removes a passkey',
    params: Id,
    responses: { 204: null },
    handler: ({ principal, params }, services: AuthScope) => services.passkeys.remove(personOf(principal), params.id),
  }),
  route({
    method: 'POST',
    path: '/api/platform/auth/passkeys/sign-in/options',
    access: 'public',
    summary: 'Begins signing in with a passkey',
    rateLimit: SIGN_IN_LIMIT,
    responses: { 200: Options },
    handler: (_, services: AuthScope) => services.passkeys.signInOptions(),
  }),
  route({
    method: 'POST',
    path: '/api/platform/auth/passkeys/sign-in',
    access: 'public',
    summary: 'Signs in with a passkey',
    rateLimit: SIGN_IN_LIMIT,
    body: Type.Object({ credential: Credential }),
    responses: { 200: LoginAnswer },
    handler: ({ body, ...request }, services: AuthScope) =>
      services.passkeys.signIn(body.credential as AuthenticationResponseJSON, originOf(request)),
  }),
];

const providers = [
  route({
    method: 'GET',
    path: '/api/platform/auth/oidc',
    access: 'public',
    summary: 'Providers that people may sign in with',
    responses: { 200: Type.Object({ items: Type.Array(Type.Object({ name: Type.String(), label: Type.String() })) }) },
    handler: (_, { oidc }: AuthScope) => ({ items: oidc.list() }),
  }),
  route({
    method: 'GET',
    path: '/api/platform/auth/oidc/{provider}/start',
    access: 'public',
    summary: 'Sends the browser to the provider',
    rateLimit: SIGN_IN_LIMIT,
    params: Provider,
    responses: { 302: null },
    async handler({ params }, { oidc }: AuthScope) {
      const { location, cookie } = await oidc.start(params.provider);
      return reply(302, '', { location, 'set-cookie': cookie });
    },
  }),
  route({
    method: 'GET',
    path: '/api/platform/auth/oidc/{provider}/callback',
    access: 'public',
    summary: 'Where the provider sends the browser back to; answers like login',
    rateLimit: SIGN_IN_LIMIT,
    params: Provider,
    responses: { 200: LoginAnswer },
    handler({ params, ctx, ...request }, { oidc }: AuthScope) {
      const url = new URL(ctx.originalUrl, 'http://localhost');
      return oidc.finish(params.provider, url, (name) => ctx.cookies.get(name), originOf(request));
    },
  }),
  route({
    method: 'POST',
    path: '/api/platform/auth/oidc/otp',
    access: 'public',
    summary: 'Goes on after the provider with the code of the second factor; answers like login',
    rateLimit: SIGN_IN_LIMIT,
    body: Type.Object({ challenge: LinkToken, otp: Otp }),
    responses: { 200: LoginAnswer },
    handler: ({ body, ...request }, { oidc }: AuthScope) =>
      oidc.finishWithCode(body.challenge, body.otp, originOf(request)),
  }),
];

const sessions = [
  route({
    method: 'GET',
    path: '/api/platform/auth/sessions',
    access: 'user',
    summary: 'Where you are signed in',
    responses: { 200: Type.Object({ items: Type.Array(Type.Unknown()) }) },
    async handler({ principal }, { db, clock }) {
      const person = personOf(principal);
      const rows = await db
        .read('auth_sessions')
        .where({ user_id: person.userId, revoked_at: null })
        .where('expires_at', '>', clock.now())
        .orderBy('last_used_at', 'desc')
        .limit(100);
      const items = rows.map(({ id, method, ip, user_agent, created_at, last_used_at }) => ({
        id,
        method,
        ip,
        user_agent,
        created_at: isoSeconds(created_at),
        last_used_at: isoSeconds(last_used_at),
        is_current: id === person.credentialId,
      }));
      return { items };
    },
  }),
  route({
    method: 'DELETE',
    path: '/api/platform/auth/sessions/{id}',
    access: 'user',
    summary: 'Ends one of your sessions',
    params: Id,
    responses: { 204: null },
    async handler({ principal, params }, { people, sessions }: AuthScope) {
      const person = personOf(principal);
      const session = await people.sessionById(params.id);
      if (session?.user_id !== person.userId)
        throw coreErrors.not_found({ message: 'There is no session with this id' });
      await sessions.end({ sessionId: params.id, principal: person });
    },
  }),
  route({
    method: 'POST',
    path: '/api/platform/auth/sessions/revoke-others',
    access: 'user',
    summary: 'Ends all your sessions but this one',
    responses: { 204: null },
    async handler({ principal, ...request }, { db, people, auditLog }: AuthScope) {
      const person = personOf(principal);
      await db.transaction(async (trx) => {
        await people.endSessions(trx, person.userId, person.credentialId);
        await auditLog.record({ action: 'session.others_ended', actor: person, ...originOf(request) }, trx);
      });
    },
  }),
];

export const factorRoutes = [...totp, ...passkeys, ...providers, ...sessions];
