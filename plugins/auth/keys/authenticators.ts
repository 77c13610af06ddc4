/** Who a request is: by the root token, or by an API key. */
import type { Authenticator } from '#core/plugin.ts';
import type { KeysScope } from './services.ts';

/** `Authorization: Bearer`, `X-Admin-Token`, or `?admin_token=` (temp-mail document). */
export const rootTokenAuthenticator: Authenticator = {
  name: 'root token',
  authenticate: (credentials, { rootAccess }: KeysScope) => rootAccess.principalOf(credentials),
  refused: (credentials, { rootAccess }: KeysScope) => rootAccess.refused(credentials),
};

/** `X-API-Key: mf_…`, or the key as a bearer token. */
export const apiKeyAuthenticator: Authenticator = {
  name: 'API key',
  authenticate(credentials, { apiKeys }: KeysScope) {
    const key = credentials.header('x-api-key') || credentials.bearer;
    return key.startsWith('mf_') ? apiKeys.principalOf(key) : null;
  },
};
