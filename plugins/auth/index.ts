/** Accounts: tenants, users, sessions, API keys, second factors, the audit log. Speaks MoltFlow's dialect. */
import { definePlugin } from '#core/plugin.ts';
import { accounts } from './accounts/index.ts';
import { audit } from './audit/index.ts';
import { AuthConfig } from './config.ts';
import { removeExpired } from './cron.ts';
import { factors } from './factors/index.ts';
import { apiKeyAuthenticator, rootTokenAuthenticator } from './keys/authenticators.ts';
import { keys } from './keys/index.ts';
import { moltflowDialect } from './moltflow/dialect.ts';
import { moltflow } from './moltflow/index.ts';
import { organisations } from './organisations/index.ts';
import { pages } from './pages.ts';
import type { AuthScope } from './scope.ts';
import { groundServices } from './services.ts';
import {
  accessTokenAuthenticator,
  pageSessionAuthenticator,
  pageSessionElsewhereAuthenticator,
} from './sessions/authenticators.ts';
import { sessions } from './sessions/index.ts';
import { signIn } from './sign-in/index.ts';
import { summaries } from './summaries.ts';

const OPEN_REGISTRATION = {
  name: 'auth.openRegistration',
  text: 'Registration is open: anybody may make an account (plugins.auth.registration)',
};
const OPEN_SMS = {
  name: 'auth.openSms',
  text: 'Anybody with a phone may make an account by a code that is sent to it (plugins.auth.sms)',
};

export default definePlugin({
  name: 'auth',
  summary: 'Tenants, users, sessions, API keys and the audit log',
  summaries,
  config: AuthConfig,
  migrations: new URL('./migrations/', import.meta.url),
  rehearsal: new URL('./audit/rehearsal.ts', import.meta.url),
  parts: [audit, accounts, sessions, factors, signIn, organisations, keys, moltflow],
  services: groundServices,
  dialects: [moltflowDialect],
  authenticators: [
    rootTokenAuthenticator,
    apiKeyAuthenticator,
    accessTokenAuthenticator,
    pageSessionAuthenticator,
    pageSessionElsewhereAuthenticator,
  ],
  cron: [removeExpired],
  pages,
  check: (_services, { sms }) =>
    sms.transport === 'webhook' && !sms.webhook
      ? ['plugins.auth.sms.webhook.url is missing: codes for phones have nowhere to go']
      : [],
  async openDoors({ registration, authSms }: AuthScope) {
    const isSmsOpen = authSms.transport === 'webhook' && !registration.isClosed;
    return [...(registration.isOpen ? [OPEN_REGISTRATION] : []), ...(isSmsOpen ? [OPEN_SMS] : [])];
  },
  async operators({ db }: AuthScope) {
    const people = await db
      .read('auth_users')
      .where({ is_superadmin: 1, status: 'active' })
      .whereNotNull('email')
      .whereNotNull('email_verified_at')
      .select('email');
    return people.map(({ email }) => email ?? '');
  },
  async announce({ registration, coreConfig }: AuthScope) {
    const token = await registration.setupLink();
    if (!token) return ['Sign in: POST /api/v2/auth/login {"email", "password"}'];
    return [`First sign-in: make the administrator at ${coreConfig.http.publicUrl}/setup?token=${token}`];
  },
});
