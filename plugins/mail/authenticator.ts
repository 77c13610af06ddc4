/** The session cookie of the temp-mail API, good on every route. */
import type { Authenticator } from '#core/plugin.ts';

export const cookieAuthenticator: Authenticator = {
  name: 'mail session cookie',
  authenticate: (credentials, { mailSessions }) => mailSessions.principalOf(credentials),
};
