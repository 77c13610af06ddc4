/** MoltFlow /users/me and /tenant/settings: what people see and change of themselves and their tenant. */
import Type from 'typebox';
import { TENANT_ADMINS } from '#core/kit.ts';
import { route } from '#core/plugin.ts';
import { accountOf, originOf, PEOPLE, personOf } from '../access.ts';
import { ProfilePatch, ProfileView } from '../accounts/views.ts';
import type { OrganisationsScope } from '../organisations/services.ts';

const Settings = Type.Record(Type.String(), Type.Unknown(), {
  examples: [{ allowed_numbers: ['+5511999999999'], require_approval: false, ai_consent_enabled: true }],
});
const SettingsPatch = Type.Record(Type.String({ maxLength: 64 }), Type.Unknown(), {
  examples: [{ ai_consent_enabled: true }],
});

export const userRoutes = [
  route({
    method: 'GET',
    path: '/api/v2/users/me',
    access: { scope: 'account:read' },
    summary: 'Your profile',
    responses: { 200: ProfileView },
    handler: ({ principal }, { profiles }: OrganisationsScope) => profiles.read(accountOf(principal)),
  }),
  route({
    method: 'PATCH',
    path: '/api/v2/users/me',
    access: { scope: 'account:manage' },
    summary: 'Changes your profile; a new e-mail address counts once it is confirmed',
    body: ProfilePatch,
    responses: { 200: ProfileView },
    handler({ body, principal, ...request }, { profiles }: OrganisationsScope) {
      // An address leads to a new password, so keys are kept from it as from passwords.
      const account = body.email === undefined ? accountOf(principal) : personOf(principal);
      return profiles.change(account, body, originOf(request));
    },
  }),
  route({
    method: 'DELETE',
    path: '/api/v2/users/me',
    access: PEOPLE,
    summary: 'Erases your account; as the last person of a tenant, the tenant too',
    responses: { 204: null },
    handler: ({ principal }, { profiles }: OrganisationsScope) => profiles.erase(personOf(principal)),
  }),
  ...[
    { path: '/api/v2/tenant/settings', read: 'getTenantSettings', change: 'changeTenantSettings' },
    { path: '/tenant/settings', read: 'getTenantSettingsBare', change: 'changeTenantSettingsBare' },
  ].flatMap(({ path, read, change }) => [
    route({
      method: 'GET',
      path,
      operationId: read,
      dialect: 'moltflow',
      access: { scope: 'settings:read' },
      summary: 'Settings of your tenant',
      responses: { 200: Settings },
      handler: ({ principal }, { tenantSettings }: OrganisationsScope) =>
        tenantSettings.read(accountOf(principal).tenantId),
    }),
    route({
      method: 'PATCH',
      path,
      operationId: change,
      dialect: 'moltflow',
      access: { scope: 'settings:manage', roles: TENANT_ADMINS },
      summary: 'Changes the settings that are given',
      body: SettingsPatch,
      responses: { 200: Settings },
      handler: ({ body, principal, ...request }, { tenantSettings }: OrganisationsScope) =>
        tenantSettings.change(accountOf(principal), body, originOf(request)),
    }),
  ]),
];
