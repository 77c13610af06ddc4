/** The schema of `plugins.auth`. */
import Type, { type Static } from 'typebox';

const strict = { additionalProperties: false };
const Admin = Type.Object(
  {
    email: Type.String({ format: 'email' }),
    username: Type.Optional(Type.String({ minLength: 2, maxLength: 64 })),
    password: Type.String({ minLength: 8 }),
  },
  strict,
);
const OidcProvider = Type.Object(
  {
    issuer: Type.String({ description: 'URL whose /.well-known/openid-configuration describes the provider.' }),
    clientId: Type.String(),
    clientSecret: Type.Optional(Type.String()),
    label: Type.Optional(Type.String({ description: 'What the button says.' })),
    scopes: Type.Array(Type.String(), { default: ['openid', 'email', 'profile'] }),
    asksSecondFactor: Type.Boolean({
      default: false,
      description: 'The provider asks for a second factor itself, so that ours is not asked after it.',
    }),
  },
  strict,
);

export const AuthConfig = Type.Object({
  admin: Type.Union([Admin, Type.Null()], {
    default: null,
    description: 'The first super-admin, made at the first start; null prints a one-time set-up link.',
  }),
  registration: Type.Union([Type.Literal('open'), Type.Literal('invite'), Type.Literal('closed')], {
    default: 'invite',
    title: 'Registration',
    'x-setting': { area: 'sign-in', isLive: true },
    description: 'Who can create an account: `invite` invited people, `open` everyone, `closed` administrators only.',
  }),
  rootToken: Type.Union([Type.String({ minLength: 16 }), Type.Null()], {
    default: null,
    description: 'A bearer token with every right, for scripts; null is off.',
  }),
  accessTokenMinutes: Type.Integer({ default: 30, minimum: 1, maximum: 1440 }),
  refreshTokenDays: Type.Integer({ default: 30, minimum: 1, maximum: 365 }),
  session: Type.Object(
    {
      idleMinutes: Type.Integer({
        default: 1440,
        minimum: 5,
        maximum: 525_600,
        description: 'Ends so long after its last use.',
      }),
      days: Type.Integer({ default: 14, minimum: 1, maximum: 365, description: 'Ends so long after the sign-in.' }),
      rotateMinutes: Type.Integer({
        default: 15,
        minimum: 5,
        maximum: 1440,
        description: 'Its cookie is exchanged for another one so often.',
      }),
    },
    {
      ...strict,
      default: {},
      title: 'Sessions',
      'x-setting': { area: 'sign-in' },
      description: 'Sessions of people in pages, by cookie.',
    },
  ),
  sms: Type.Object(
    {
      transport: Type.Union([Type.Literal('log'), Type.Literal('webhook')], { default: 'log' }),
      webhook: Type.Optional(
        Type.Object(
          { url: Type.String({ pattern: '^https?://[^/\\s]' }) },
          { ...strict, description: 'Gets POST {phone, code, text}.' },
        ),
      ),
      strangersPerHour: Type.Integer({
        default: 200,
        minimum: 0,
        description: 'Codes in all for phones that have no account: what strangers can make you pay.',
      }),
    },
    {
      ...strict,
      default: {},
      title: 'SMS',
      'x-setting': { area: 'sms' },
      description: 'How codes reach phones.',
    },
  ),
  oidc: Type.Record(Type.String({ pattern: '^[a-z][a-z0-9-]*$' }), OidcProvider, {
    default: {},
    title: 'Providers',
    'x-setting': { area: 'single-sign-on' },
    description: 'Sign-in with other providers, by name.',
  }),
});
export type AuthConfig = Static<typeof AuthConfig>;
