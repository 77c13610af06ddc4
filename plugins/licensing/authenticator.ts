/** The static key of the configuration, in the header that the licence document names. */
import type { RateLimit } from '#core/kit.ts';
import type { Authenticator } from '#core/plugin.ts';
import type { LicensingScope } from './scope.ts';

/** Wherever a key is taken: it is the same key behind every route. */
const WRONG_KEYS: RateLimit = { name: 'licensing.apiKey', points: 30, windowSeconds: 600 };

export const staticKeyAuthenticator: Authenticator = {
  name: 'licensing static key',
  authenticate({ header, ip }, { licensingStaticKey, rateLimits }: LicensingScope) {
    const key = header('x-api-key');
    const principal = licensingStaticKey.principalOf(key);
    // Right keys pass before anything is counted: a neighbour who guesses costs them nothing.
    if (principal || key === '') return principal;
    return rateLimits.consume(WRONG_KEYS, ip).then(() => null);
  },
};
