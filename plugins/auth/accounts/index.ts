/** Accounts: users and their tenants, their profiles, the mails and links for their addresses, their erasure. */
import Type from 'typebox';
import { isSuperadmin } from '#core/kit.ts';
import { type CloudEvent, definePart, type Principal } from '#core/plugin.ts';
import { sendMail } from './mails.ts';
import { personalDataRoutes } from './routes/personal-data.ts';
import { profileRoutes, VersionedProfile } from './routes/profile.ts';
import { UserItem, userRoutes } from './routes/users.ts';
import { type AccountsScope, accountsPublicServices, accountsServices } from './services.ts';
import { ProfileView, UserView } from './views.ts';

const UserEvent = Type.Object({ user_id: Type.String() }, { additionalProperties: true });
const TenantEvent = Type.Object({ tenant_id: Type.String() }, { additionalProperties: true });

/** What the routes show: people themselves, and super-admins everybody. */
const ofPerson = {
  scope: 'account:read',
  isFor: ({ data }: CloudEvent<{ user_id: string }>, principal: Principal) =>
    data.user_id === principal.id || isSuperadmin(principal),
};

export const accounts = definePart<AccountsScope>({
  name: 'accounts',
  summary: 'Users and their tenants, profiles, addresses, erasure',
  needs: ['audit'],
  contents: { accounts: 'auth_users', tenants: 'auth_tenants' },
  services: accountsServices,
  publicServices: accountsPublicServices,
  routes: [...personalDataRoutes, ...profileRoutes, ...userRoutes],
  schemas: { Profile: ProfileView, User: UserView, UserOfTenant: UserItem, VersionedProfile },
  jobs: [sendMail],
  events: {
    'user.created': UserEvent,
    'user.deleted': UserEvent,
    'user.suspended': UserEvent,
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
