/** The static key of the configuration, in the header that the licence document names. */
import type { RateLimit } from '#core/http/route.ts';
import type { Authenticator } from '#core/plugin.ts';

const WRONG_KEYS: RateLimit = { name: 'licensing.apiKey', points: 30, windowSeconds: 600 };
/** The document's own routes: other dialects say in their own way who tries too often. */
const ADMIN_ROUTES = '/api/admin/';

export const staticKeyAuthenticator: Authenticator = {
  name: 'licensing static key',
  authenticate({ header, path, ip }, { licensingStaticKey, rateLimits }) {
    const key = header('x-api-key');
    const principal = licensingStaticKey.principalOf(key);
    // Right keys pass before anything is counted: a neighbour who guesses costs them nothing.
    if (principal || key === '' || !path.startsWith(ADMIN_ROUTES)) return principal;
    return rateLimits.consume(WRONG_KEYS, ip).then(() => null);
  },
};
