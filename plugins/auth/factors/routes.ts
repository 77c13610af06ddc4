/** /api/platform/auth: second factor, passkeys. */
import type { AuthenticationResponseJSON, RegistrationResponseJSON } from '@simplewebauthn/server';
import Type from 'typebox';
import { listRoute, reply, route } from '#core/plugin.ts';
import { Id, Otp, originOf, PEOPLE, personOf, SIGN_IN_LIMIT } from '../access.ts';
import { answerWith, LoginAnswer } from '../sessions/answers.ts';
import { PasskeyView, passkeyView } from './passkeys.ts';
import type { FactorsScope } from './services.ts';
import type { PasskeyRow } from './tables.ts';

/** What a browser's `navigator.credentials` gives; @simplewebauthn checks what is inside. */
export const Credential = Type.Object(
  {
    id: Type.String({ maxLength: 2000 }),
    rawId: Type.String({ maxLength: 2000 }),
    type: Type.Literal('public-key'),
    response: Type.Object({ clientDataJSON: Type.String({ maxLength: 10_000 }) }, { additionalProperties: true }),
    clientExtensionResults: Type.Object({}, { additionalProperties: true }),
    authenticatorAttachment: Type.Optional(Type.String({ maxLength: 40 })),
  },
  { description: 'PublicKeyCredential as JSON (WebAuthn §5.1)', writeOnly: true },
);
const Options = Type.Object({}, { additionalProperties: true, description: 'Options for navigator.credentials' });

const totp = [
  route({
    method: 'POST',
    path: '/api/platform/auth/totp',
    operationId: 'beginTotp',
    access: PEOPLE,
    summary: 'Begins the second factor: a secret for the authenticator app',
    responses: { 200: Type.Object({ secret: Type.String(), otpauth_url: Type.String() }) },
    async handler({ principal }, { secondFactor, people }: FactorsScope) {
      const { userId, id } = personOf(principal);
      const user = await people.userById(userId);
      return secondFactor.begin(userId, user?.email ?? user?.username ?? id);
    },
  }),
  route({
    method: 'POST',
    path: '/api/platform/auth/totp/confirm',
    access: PEOPLE,
    summary: 'Switches the second factor on with a first code; gives the recovery codes, this once',
    rateLimit: SIGN_IN_LIMIT,
    body: Type.Object({ code: Otp }),
    responses: { 200: Type.Object({ recovery_codes: Type.Array(Type.String()) }) },
    async handler({ principal, body, ...request }, { secondFactor, auditLog, pageSessions }: FactorsScope) {
      const person = personOf(principal);
      const recovery_codes = await secondFactor.confirm(person.userId, body.code);
      await auditLog.record({ action: 'totp.enabled', actor: person, ...originOf(request) });
      answerWith(request.ctx, await pageSessions.renew(person));
      return { recovery_codes };
    },
  }),
  route({
    method: 'DELETE',
    path: '/api/platform/auth/totp',
    access: PEOPLE,
    summary: 'Switches the second factor off with a code',
    rateLimit: SIGN_IN_LIMIT,
    body: Type.Object({ code: Otp }),
    responses: { 204: null },
    async handler({ principal, body, ...request }, { secondFactor, auditLog, pageSessions }: FactorsScope) {
      const person = personOf(principal);
      await secondFactor.disable(person.userId, body.code);
      await auditLog.record({ action: 'totp.disabled', actor: person, ...originOf(request) });
      answerWith(request.ctx, await pageSessions.renew(person));
    },
  }),
];

const passkeys = [
  listRoute({
    path: '/api/platform/auth/passkeys',
    access: PEOPLE,
    summary: 'Your passkeys, newest first',
    item: PasskeyView,
    key: 'uuid',
    keyType: 'text',
    columns: {},
    rows: ({ principal }, { db }) => db.read('auth_passkeys').where({ user_id: personOf(principal).userId }),
    items: (rows: PasskeyRow[]) => rows.map(passkeyView),
  }),
  route({
    method: 'POST',
    path: '/api/platform/auth/passkeys/options',
    operationId: 'beginPasskey',
    access: PEOPLE,
    summary: 'Begins adding a passkey',
    responses: { 200: Options },
    handler: ({ principal }, services: FactorsScope) => services.passkeys.registrationOptions(personOf(principal)),
  }),
  route({
    method: 'POST',
    path: '/api/platform/auth/passkeys',
    access: PEOPLE,
    summary: 'Adds a passkey',
    body: Type.Object({ name: Type.String({ minLength: 1, maxLength: 100 }), credential: Credential }),
    responses: { 201: PasskeyView },
    async handler({ principal, body, ctx }, { passkeys, pageSessions }: FactorsScope) {
      const person = personOf(principal);
      const added = await passkeys.register(person, body.name, body.credential as RegistrationResponseJSON);
      answerWith(ctx, await pageSessions.renew(person));
      return reply(201, added);
    },
  }),
  route({
    method: 'DELETE',
    path: '/api/platform/auth/passkeys/{id}',
    access: PEOPLE,
    summary: 'Removes a passkey',
    params: Id,
    responses: { 204: null },
    async handler({ principal, params, ctx }, { passkeys, pageSessions }: FactorsScope) {
      const person = personOf(principal);
      await passkeys.remove(person, params.id);
      answerWith(ctx, await pageSessions.renew(person));
    },
  }),
  route({
    method: 'POST',
    path: '/api/platform/auth/passkeys/sign-in/options',
    operationId: 'beginPasskeySignIn',
    access: 'public',
    summary: 'Begins signing in with a passkey',
    rateLimit: SIGN_IN_LIMIT,
    responses: { 200: Options },
    handler: (_, services: FactorsScope) => services.passkeys.signInOptions(),
  }),
  route({
    method: 'POST',
    path: '/api/platform/auth/passkeys/sign-in',
    operationId: 'signInWithPasskey',
    access: 'public',
    summary: 'Signs in with a passkey',
    rateLimit: SIGN_IN_LIMIT,
    body: Type.Object({ credential: Credential }),
    responses: { 200: LoginAnswer },
    async handler({ body, ...request }, services: FactorsScope) {
      const origin = originOf(request);
      const user = await services.passkeys.signIn(body.credential as AuthenticationResponseJSON, origin);
      return services.sessions.open(user, 'passkey', origin);
    },
  }),
];

export const factorRoutes = [...totp, ...passkeys];
