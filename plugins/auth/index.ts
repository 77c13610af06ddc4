/** Accounts: tenants, users, sessions, API keys, second factors, the audit log. Speaks MoltFlow's dialect. */
import Type from 'typebox';
import { isSuperadmin } from '#core/kit.ts';
import { type CloudEvent, definePlugin, type FactoriesOf, type Principal } from '#core/plugin.ts';
import {
  accessTokenAuthenticator,
  apiKeyAuthenticator,
  pageSessionAuthenticator,
  pageSessionElsewhereAuthenticator,
  rootTokenAuthenticator,
} from './authenticators.ts';
import { auditAccept, userCreate } from './commands.ts';
import { AuthConfig } from './config.ts';
import type { AuthServices } from './contract.ts';
import { removeExpired } from './cron.ts';
import { moltflowDialect } from './dialect.ts';
import { pages } from './pages.ts';
import { adminRoutes } from './routes/admin.ts';
import { apiKeyRoutes } from './routes/api-keys.ts';
import { auditListRoutes } from './routes/audit-list.ts';
import { factorRoutes } from './routes/factors.ts';
import { joiningRoutes } from './routes/joining.ts';
import { keyListRoutes } from './routes/key-list.ts';
import { operatorTenantRoutes } from './routes/operator-tenant.ts';
import { pageSessionRoutes } from './routes/page-session.ts';
import { profileRoutes } from './routes/profile.ts';
import { providerRoutes } from './routes/providers.ts';
import { rightsRoutes } from './routes/rights.ts';
import { meRoutes } from './routes/session-info.ts';
import { sessionRoutes } from './routes/sessions.ts';
import { sessionOfOthersRoutes } from './routes/sessions-of-others.ts';
import { ADMINISTRATORS } from './routes/shared.ts';
import { signInRoutes } from './routes/sign-in.ts';
import { tenantListRoutes } from './routes/tenant-list.ts';
import { userListRoutes } from './routes/user-list.ts';
import { personalRoutes, userRoutes } from './routes/users.ts';
import { schemas } from './schemas.ts';
import type { AuthScope } from './scope.ts';
import { AUTH_SCOPES } from './scopes.ts';
import { mailLink } from './services/link-requests.ts';
import { sendMail } from './services/mails.ts';
import { sendSms } from './services/sms.ts';
import { TENANT_SETTINGS } from './services/tenant-settings.ts';
import { authPublicServices, authServices } from './services.ts';

const UserEvent = Type.Object({ user_id: Type.String() }, { additionalProperties: true });
const TenantEvent = Type.Object({ tenant_id: Type.String() }, { additionalProperties: true });

/** What the routes show: people themselves, and super-admins everybody. */
const ofPerson = {
  scope: 'account:read',
  isFor: ({ data }: CloudEvent<{ user_id: string }>, principal: Principal) =>
    data.user_id === principal.id || isSuperadmin(principal),
};

/** As the lists of invitations and of the audit log. */
const OF_LISTS = { scope: 'settings:manage', roles: ADMINISTRATORS };

type Seen = AuthScope & { config: AuthConfig };

export default definePlugin({
  name: 'auth',
  summary: 'Tenants, users, sessions, API keys and the audit log',
  config: AuthConfig,
  migrations: new URL('./migrations/', import.meta.url),
  contents: { accounts: 'auth_users', tenants: 'auth_tenants' },
  services: authServices satisfies Record<string, (services: Seen) => unknown>,
  publicServices: authPublicServices satisfies FactoriesOf<AuthServices, Seen>,
  dialects: [moltflowDialect],
  authenticators: [
    rootTokenAuthenticator,
    apiKeyAuthenticator,
    accessTokenAuthenticator,
    pageSessionAuthenticator,
    pageSessionElsewhereAuthenticator,
  ],
  schemas,
  routes: [
    ...signInRoutes,
    ...userRoutes,
    ...apiKeyRoutes,
    ...adminRoutes,
    ...factorRoutes,
    ...providerRoutes,
    ...sessionRoutes,
    ...sessionOfOthersRoutes,
    ...pageSessionRoutes,
    ...meRoutes,
    ...rightsRoutes,
    ...joiningRoutes,
    ...personalRoutes,
    ...profileRoutes,
    ...userListRoutes,
    ...tenantListRoutes,
    ...operatorTenantRoutes,
    ...keyListRoutes,
    ...auditListRoutes,
  ],
  cron: [removeExpired],
  jobs: [sendMail, mailLink, sendSms],
  events: {
    'user.created': UserEvent,
    'user.deleted': UserEvent,
    'user.suspended': UserEvent,
    'tenant.created': TenantEvent,
    'tenant.suspended': TenantEvent,
    'tenant.activated': TenantEvent,
    'tenant.deleted': TenantEvent,
    'invitation.changed': Type.Object({ id: Type.String() }),
    'audit.recorded': Type.Object({ action: Type.String() }),
  },
  erasures: ['user.deleted', 'tenant.deleted'],
  eventAccess: {
    'user.created': ofPerson,
    'user.deleted': ofPerson,
    'user.suspended': ofPerson,
    'tenant.created': 'superadmin',
    'tenant.suspended': 'superadmin',
    'tenant.activated': 'superadmin',
    'tenant.deleted': 'superadmin',
    'invitation.changed': OF_LISTS,
    'audit.recorded': OF_LISTS,
  },
  hookPoints: {
    'user.signingIn': 'Around every sign-in',
    'user.exporting': 'While what is held about a person is collected',
  },
  scopes: AUTH_SCOPES,
  tenantSettings: TENANT_SETTINGS,
  pages,
  commands: [userCreate, auditAccept],
  async start({ registration, auditChains }: AuthScope) {
    await auditChains.start();
    await registration.ensureConfiguredAdmin();
  },
  stop: ({ auditChains }: AuthScope) => auditChains.stop(),
  check: (_services, { sms }) =>
    sms.transport === 'webhook' && !sms.webhook
      ? ['plugins.auth.sms.webhook.url is missing: codes for phones have nowhere to go']
      : [],
  async openDoors({ registration, authSms }: AuthScope) {
    const isSmsOpen = authSms.transport === 'webhook' && !registration.isClosed;
    return [
      ...(registration.isOpen ? ['Registration is open: anybody may make an account (plugins.auth.registration)'] : []),
      ...(isSmsOpen
        ? ['Anybody with a phone may make an account by a code that is sent to it (plugins.auth.sms)']
        : []),
    ];
  },
  async announce({ registration, coreConfig }: AuthScope) {
    const token = await registration.setupLink();
    if (!token) return ['Sign in: POST /api/v2/auth/login {"email", "password"}'];
    return [`First sign-in: make the administrator at ${coreConfig.http.publicUrl}/setup?token=${token}`];
  },
});
