/** The one key of the configuration, in the header that the licence document names: for scripts of the older server. */
import { type RateLimit, safeEqual } from '#core/kit.ts';
import type { Authenticator, Principal } from '#core/plugin.ts';
import { STATIC_KEY_ROLE } from './access.ts';
import type { LicensingGround } from './services.ts';

/** Wherever a key is taken: it is the same key behind every route. */
const WRONG_KEYS: RateLimit = { name: 'licensing.apiKey', points: 30, windowSeconds: 600, shared: 'closed' };
const PRINCIPAL: Principal = {
  kind: 'apiKey',
  id: 'licensing-static-key',
  userId: null,
  tenantId: null,
  roles: [STATIC_KEY_ROLE],
  scopes: ['licenses:manage'],
};

export const staticKeyAuthenticator: Authenticator = {
  name: 'licensing static key',
  authenticate({ header, ip }, { licensingConfig: { apiKey }, rateLimits }: LicensingGround) {
    const key = header('x-api-key');
    if (key === '') return null;
    // Right keys pass before anything is counted: a neighbour who guesses costs them nothing.
    if (apiKey !== null && safeEqual(key, apiKey)) return PRINCIPAL;
    return rateLimits.consume(WRONG_KEYS, ip).then(() => null);
  },
};
