/** The static key of the configuration, in the header that the licence document names. */
import type { Authenticator } from '#core/plugin.ts';

export const staticKeyAuthenticator: Authenticator = {
  name: 'licensing static key',
  authenticate: (credentials, { licensingStaticKey }) =>
    licensingStaticKey.principalOf(credentials.header('x-api-key')),
};
