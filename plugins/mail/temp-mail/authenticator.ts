/** The session cookie of the temp-mail API, good on every route. */
import type { Authenticator } from '#core/plugin.ts';
import type { TempMailScope } from './services.ts';
import { COOKIE } from './sessions.ts';

export const cookieAuthenticator: Authenticator = {
  name: 'mail session cookie',
  authenticate: (credentials, { mailSessions }: TempMailScope) => mailSessions.principalOf(credentials),
  cookie: () => ({
    scheme: 'mailSession',
    cookie: COOKIE,
    description: 'Session of the temp-mail API: `POST /api/login` sets it',
    kinds: ['user', 'mailbox', 'guest'],
  }),
};
