/** Who a request is: the root token, an API key, or the access token of a sign-in. */
import type { Principal } from '#core/http/principal.ts';
import type { Authenticator } from '#core/plugin.ts';
import { authErrors } from './errors.ts';
import type { AuthScope } from './scope.ts';

/** `Authorization: Bearer`, `X-Admin-Token`, or `?admin_token=` (temp-mail document). */
export const rootTokenAuthenticator: Authenticator = {
  name: 'root token',
  authenticate: (credentials, { rootAccess }: AuthScope) => rootAccess.principalOf(credentials),
  refused: (credentials, { rootAccess }: AuthScope) => rootAccess.refused(credentials),
};

/** `X-API-Key: mf_…`, or the key as a bearer token. */
export const apiKeyAuthenticator: Authenticator = {
  name: 'API key',
  authenticate(credentials, { apiKeys }: AuthScope) {
    const key = credentials.header('x-api-key') || credentials.bearer;
    return key.startsWith('mf_') ? apiKeys.principalOf(key) : null;
  },
};

/** The access token that a login answered with. */
export const accessTokenAuthenticator: Authenticator = {
  name: 'access token',
  async authenticate({ bearer }, { tokens, accounts, sessions }: AuthScope): Promise<Principal | null> {
    if (!bearer) return null;
    const claims = await tokens.verifyAccess(bearer);
    if (!claims) return null;
    const user = await sessions.userOf(claims.sid);
    const principal = user?.id === claims.uid ? await accounts.principalOf(user.id) : null;
    if (!principal) throw authErrors.invalid_token({ message: 'The session has ended; sign in again' });
    return { ...principal, credentialId: claims.sid };
  },
};
