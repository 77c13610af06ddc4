/** Accounts: users and their tenants: how they begin, their profiles, the mails and links for their addresses, their erasure. */
import Type from 'typebox';
import { isSuperadmin } from '#core/kit.ts';
import { type CloudEvent, definePart, type Principal } from '#core/plugin.ts';
import { SETTINGS_MANAGERS } from '../access.ts';
import type { AuthConfig } from '../config.ts';
import { THEIR_ACCOUNTS } from './about-people.ts';
import { ACCOUNTS_ATTENTION } from './attention.ts';
import { setupLink, userCreate } from './command.ts';
import { ACCOUNT_STEPS } from './first-steps.ts';
import { Invitation } from './invitation-states.ts';
import { sendMail } from './mails.ts';
import { invitationRoutes } from './routes/invitations.ts';
import { operatorTenantRoutes } from './routes/operator-tenant.ts';
import { personalDataRoutes } from './routes/personal-data.ts';
import { profileRoutes, VersionedProfile } from './routes/profile.ts';
import { UserItem, userRoutes } from './routes/users.ts';
import { type AccountsScope, accountsPublicServices, accountsServices } from './services.ts';
import { accountTables } from './tables.ts';
import { ProfileView, UserView } from './views.ts';

const UserEvent = Type.Object({ user_id: Type.String() }, { additionalProperties: true });
const TenantEvent = Type.Object({ tenant_id: Type.String() }, { additionalProperties: true });

/** What the routes show: people themselves, and super-admins everybody. */
const ofPerson = {
  scope: 'account:read',
  isFor: ({ data }: CloudEvent<{ user_id: string }>, principal: Principal) =>
    data.user_id === principal.id || isSuperadmin(principal),
};

export const accounts = definePart<AccountsScope & { config: AuthConfig }>({
  name: 'accounts',
  summary: 'Users and their tenants, how they begin, profiles, addresses, erasure',
  needs: ['audit'],
  contents: { accounts: 'auth_users', tenants: 'auth_tenants' },
  tables: accountTables,
  services: accountsServices,
  publicServices: accountsPublicServices,
  routes: [...personalDataRoutes, ...profileRoutes, ...userRoutes, ...invitationRoutes, ...operatorTenantRoutes],
  schemas: { Invitation, Profile: ProfileView, User: UserView, UserOfTenant: UserItem, VersionedProfile },
  attention: ACCOUNTS_ATTENTION,
  firstSteps: ACCOUNT_STEPS,
  aboutPeople: [THEIR_ACCOUNTS],
  commands: [setupLink, userCreate],
  start: (scope) => scope.registration.ensureConfiguredAdmin(),
  jobs: [sendMail],
  events: {
    'user.created': UserEvent,
    'user.deleted': UserEvent,
    'user.suspended': UserEvent,
    'invitation.changed': Type.Object({ id: Type.String() }),
    'tenant.created': TenantEvent,
    'tenant.suspended': TenantEvent,
    'tenant.activated': TenantEvent,
    'tenant.deleted': TenantEvent,
  },
  erasures: ['user.deleted', 'tenant.deleted'],
  eventAccess: {
    'user.created': ofPerson,
    'user.deleted': ofPerson,
    'user.suspended': ofPerson,
    'invitation.changed': SETTINGS_MANAGERS,
    'tenant.created': 'superadmin',
    'tenant.suspended': 'superadmin',
    'tenant.activated': 'superadmin',
    'tenant.deleted': 'superadmin',
  },
  hookPoints: {
    'user.signingIn': 'Around every sign-in',
    'user.exporting': 'While what is held about a person is collected',
  },
});
