/** Who a request is: by the access token of a sign-in, or by a page's session cookie. */
import type { Credentials } from '#core/kit.ts';
import type { Authenticator, Principal } from '#core/plugin.ts';
import { authErrors } from '../errors.ts';
import type { SessionsScope } from './services.ts';

/** The access token that a login answered with. */
export const accessTokenAuthenticator: Authenticator = {
  name: 'access token',
  authenticate: ({ bearer }, scope: SessionsScope) =>
    bearer && scope.tokens.isAccess(bearer) ? holderOf(bearer, scope) : null,
};

async function holderOf(token: string, { tokens, admission, sessions }: SessionsScope): Promise<Principal | null> {
  const claims = await tokens.verifyAccess(token);
  if (!claims) return null;
  const user = await sessions.userOf(claims.sid);
  const principal = user?.id === claims.uid ? await admission.principalOf(user.id) : null;
  if (!principal) throw authErrors.invalid_token({ message: 'The session has ended; sign in again' });
  return { ...principal, credentialId: claims.sid };
}

/** The cookie of a page's session, on the platform's own paths and wherever a page says that it is one. */
export const pageSessionAuthenticator: Authenticator = {
  name: 'page session',
  authenticate: (credentials, { pageSessions }: SessionsScope) =>
    isOfPages(credentials) ? pageSessions.principalOf(credentials) : null,
  cookie: ({ pageSessions }: SessionsScope) => ({
    scheme: 'pageSession',
    cookie: pageSessions.cookieName,
    description: 'Session of a page of this server: `POST /api/platform/auth/session` sets it',
    kinds: ['user'],
    proof: {
      scheme: 'csrfToken',
      header: 'X-CSRF-Token',
      description: '`csrf_token` of `GET /api/platform/me`, with what changes something',
    },
  }),
};

/** Elsewhere a dialect may have a cookie of its own, which comes first. */
export const pageSessionElsewhereAuthenticator: Authenticator = {
  name: 'page session, other paths',
  isLast: true,
  authenticate: (credentials, { pageSessions }: SessionsScope) =>
    isOfPages(credentials) ? null : pageSessions.principalOf(credentials),
};

function isOfPages({ path, header }: Credentials): boolean {
  return path.startsWith('/api/platform/') || header('x-csrf-token') !== '';
}
