/** /api/platform/auth/settings: the settings of one's tenant, with their version. */
import Type from 'typebox';
import { TENANT_ADMINS } from '#core/kit.ts';
import { IF_MATCH, preconditionOf, route, versioned, versionOf } from '#core/plugin.ts';
import { accountOf, originOf } from '../../access.ts';
import type { OrganisationsScope } from '../services.ts';
import { editableSettings } from '../version-fields.ts';

export const SettingsView = Type.Object({
  settings: Type.Record(Type.String(), Type.Unknown()),
  version: Type.String(),
});

export const tenantSettingsRoutes = [
  route({
    method: 'GET',
    path: '/api/platform/auth/settings',
    access: { scope: 'settings:read' },
    summary: 'Settings of your tenant, with their version',
    responses: { 200: SettingsView },
    handler: ({ principal }, services: OrganisationsScope) => settingsOf(accountOf(principal).tenantId, services),
  }),
  route({
    method: 'PATCH',
    path: '/api/platform/auth/settings',
    access: { scope: 'settings:manage', roles: TENANT_ADMINS },
    summary: 'Changes the settings that are given; with If-Match only the version that you know',
    body: Type.Object({ settings: Type.Record(Type.String({ maxLength: 64 }), Type.Unknown()) }),
    requestHeaders: IF_MATCH,
    responses: { 200: SettingsView },
    async handler({ principal, body, ctx, ...request }, services: OrganisationsScope) {
      const account = accountOf(principal);
      await services.tenantSettings.change(account, body.settings, originOf(request), preconditionOf(ctx));
      return settingsOf(account.tenantId, services);
    },
  }),
];

async function settingsOf(tenantId: string, { tenantSettings }: OrganisationsScope) {
  const { settings, row } = await tenantSettings.shown(tenantId);
  return versioned(editableSettings(row), { settings, version: versionOf(editableSettings(row)) });
}
