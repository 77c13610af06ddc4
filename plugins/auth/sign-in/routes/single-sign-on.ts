/** /api/platform/auth/oidc: signing in with other providers. */
import Type from 'typebox';
import { type AppError, reply, route } from '#core/plugin.ts';
import { LinkToken, Otp, originOf, SIGN_IN_LIMIT } from '../../access.ts';
import { LoginAnswer } from '../../sessions/answers.ts';
import type { SignInScope } from '../services.ts';

/** A path of this server, whatever browsers make of slashes, blanks and line ends. */
const PAGE = '^/([A-Za-z0-9._~?&=%+-][A-Za-z0-9._~/?&=%+-]*)?$';
const Provider = Type.Object({ provider: Type.String({ maxLength: 100 }) });
const Providers = Type.Array(Type.Object({ name: Type.String(), label: Type.String() }));

export const singleSignOnRoutes = [
  route({
    method: 'GET',
    path: '/api/platform/auth/oidc',
    operationId: 'listProviders',
    access: 'public',
    summary: 'Providers that people may sign in with',
    responses: { 200: Type.Object({ items: Providers }) },
    handler: (_, { oidc }: SignInScope) => ({ items: oidc.list() }),
  }),
  route({
    method: 'GET',
    path: '/api/platform/auth/ways',
    operationId: 'listWaysIn',
    access: 'public',
    summary:
      'What a sign-in page offers: providers, whether anybody may make an account, and whether there is nobody yet',
    responses: {
      200: Type.Object({
        providers: Providers,
        registration_is_open: Type.Boolean(),
        is_new: Type.Boolean({ description: 'Nobody has an account yet: its set-up link makes the administrator' }),
      }),
    },
    handler: async (_, { oidc, registration }: SignInScope) => ({
      providers: oidc.list(),
      registration_is_open: registration.isOpen,
      is_new: await registration.isNew(),
    }),
  }),
  route({
    method: 'GET',
    path: '/api/platform/auth/oidc/{provider}/start',
    operationId: 'goToProvider',
    access: 'public',
    summary: 'Sends the browser to the provider',
    rateLimit: SIGN_IN_LIMIT,
    params: Provider,
    query: Type.Object({
      page: Type.Optional(
        Type.String({ maxLength: 500, pattern: PAGE, description: 'Path of the page to come back to' }),
      ),
    }),
    responses: { 302: null },
    async handler({ params, query }, { oidc }: SignInScope) {
      const { location, cookie } = await oidc.start(params.provider, query.page ?? null);
      return reply(302, '', { location, 'set-cookie': cookie });
    },
  }),
  route({
    method: 'GET',
    path: '/api/platform/auth/oidc/{provider}/callback',
    operationId: 'returnFromProvider',
    access: 'public',
    summary: 'Where the provider sends the browser back to; answers like login, or leads to the page that has asked',
    description: 'A page is led to with `#error` and, after `otp_required`, `challenge`, where nobody was signed in.',
    rateLimit: SIGN_IN_LIMIT,
    params: Provider,
    responses: { 200: LoginAnswer, 302: null },
    async handler({ params, ctx, ...request }, { oidc, sessions, pageSessions }: SignInScope) {
      const origin = originOf(request);
      const url = new URL(ctx.originalUrl, 'http://localhost');
      const outcome = await oidc.finish(params.provider, url, (name) => ctx.cookies.get(name), origin);
      if ('refused' in outcome) return reply(302, '', { location: `${outcome.page}#${whyRefused(outcome.refused)}` });
      const { user, page } = outcome;
      if (page === null) return sessions.open(user, 'oidc', origin);
      const opened = await pageSessions.open(user, 'oidc', origin, ctx.cookies.get(pageSessions.cookieName));
      return reply(302, '', { location: page, 'set-cookie': opened.cookie });
    },
  }),
  route({
    method: 'POST',
    path: '/api/platform/auth/oidc/otp',
    operationId: 'finishProviderSignIn',
    access: 'public',
    summary: 'Continues after the provider with the code of the second factor; answers like login',
    rateLimit: SIGN_IN_LIMIT,
    body: Type.Object({ challenge: LinkToken, otp: Otp }),
    responses: { 200: LoginAnswer },
    async handler({ body, ...request }, { oidc, sessions }: SignInScope) {
      const origin = originOf(request);
      return sessions.open(await oidc.finishWithCode(body.challenge, body.otp, origin), 'oidc', origin);
    },
  }),
];

/** For the fragment of an address, which no server is sent. */
function whyRefused({ code, extra }: AppError): string {
  return new URLSearchParams({
    error: code,
    ...(typeof extra.challenge === 'string' && { challenge: extra.challenge }),
  }).toString();
}
