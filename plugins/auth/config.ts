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
    issuer: Type.String({
      title: 'Issuer URL',
      description: 'The URL under which the provider publishes /.well-known/openid-configuration.',
    }),
    clientId: Type.String({
      title: 'Client ID',
      description: 'As shown by the provider when you register this server there.',
    }),
    clientSecret: Type.Optional(
      Type.String({ title: 'Client secret', description: 'Leave it empty if the provider issued none.' }),
    ),
    label: Type.Optional(
      Type.String({ title: 'Button text', description: 'What the sign-in button says, such as Google.' }),
    ),
    scopes: Type.Array(Type.String({ title: 'Scope' }), {
      default: ['openid', 'email', 'profile'],
      title: 'Scopes',
      'x-add': 'Add a scope',
      description: 'What this server asks the provider for. The default suits most providers.',
    }),
    asksSecondFactor: Type.Boolean({
      default: false,
      title: 'Trust its second factor',
      description: 'People who sign in with this provider are not asked for a second factor by this server.',
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
    'x-labels': { open: 'Anyone can register', invite: 'By invitation', closed: 'Closed' },
    description: 'How people get an account. When registration is closed, only administrators create accounts.',
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
        title: 'Sign out when idle (minutes)',
        description: 'A session ends when it has not been used for this long.',
      }),
      days: Type.Integer({
        default: 14,
        minimum: 1,
        maximum: 365,
        title: 'Sign in again after (days)',
        description: 'A session ends this long after sign-in, even if it is in use.',
      }),
      rotateMinutes: Type.Integer({
        default: 15,
        minimum: 5,
        maximum: 1440,
        title: 'Renew the session cookie (minutes)',
        description: 'How often the browser receives a new cookie, so that a stolen one is soon useless.',
      }),
    },
    {
      ...strict,
      default: {},
      title: 'Sessions',
      'x-setting': { area: 'sign-in' },
      description: 'How long people stay signed in to these pages.',
    },
  ),
  sms: Type.Object(
    {
      transport: Type.Union([Type.Literal('log'), Type.Literal('webhook')], {
        default: 'log',
        title: 'How codes are sent',
        'x-labels': { log: 'Write to the server log only (nothing is sent)', webhook: 'Through a webhook' },
        description: 'The webhook hands each code to your SMS service.',
      }),
      webhook: Type.Optional(
        Type.Object(
          {
            url: Type.String({
              pattern: '^https?://[^/\\s]',
              title: 'URL',
              description: 'Where codes are sent.',
            }),
          },
          {
            ...strict,
            title: 'Webhook',
            description: 'Receives a POST request with JSON for each code: phone, code and text of the message.',
          },
        ),
      ),
      strangersPerHour: Type.Integer({
        default: 200,
        minimum: 0,
        title: 'Codes per hour to unknown numbers',
        description:
          'The total number of codes per hour to phone numbers without an account. It limits what strangers can cost you.',
      }),
    },
    {
      ...strict,
      default: {},
      title: 'SMS',
      'x-setting': { area: 'sms' },
      description: 'How sign-in codes reach phones.',
    },
  ),
  oidc: Type.Record(Type.String({ pattern: '^[a-z][a-z0-9-]*$' }), OidcProvider, {
    default: {},
    title: 'Providers',
    'x-setting': { area: 'single-sign-on' },
    'x-add': 'Add a provider',
    'x-name': 'Short name, such as google',
    description:
      'People can sign in with their account at these providers (OpenID Connect). The short name, in lower-case letters, is part of the address to which the provider returns people.',
  }),
});
export type AuthConfig = Static<typeof AuthConfig>;
