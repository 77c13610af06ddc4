/** The session cookie of the temp-mail API, good on every route. */
import type { Authenticator } from '#core/plugin.ts';
import type { MailScope } from './scope.ts';

export const cookieAuthenticator: Authenticator = {
  name: 'mail session cookie',
  authenticate: (credentials, { mailSessions }: MailScope) => mailSessions.principalOf(credentials),
};
