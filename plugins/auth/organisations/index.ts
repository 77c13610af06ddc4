/** Organisations: tenants with their names, settings and suspensions. */
import { definePart } from '#core/plugin.ts';
import { SettingsView, tenantSettingsRoutes } from './routes/tenant-settings.ts';
import { TenantItem, tenantRoutes } from './routes/tenants.ts';
import { type OrganisationsScope, organisationsPublicServices, organisationsServices } from './services.ts';
import { organisationTables } from './tables.ts';
import { TENANT_SETTINGS } from './tenant-settings.ts';
import { TenantView } from './views.ts';

export const organisations = definePart<OrganisationsScope>({
  name: 'organisations',
  summary: 'Tenants with their names, settings and suspensions',
  needs: ['accounts', 'audit'],
  tables: organisationTables,
  services: organisationsServices,
  publicServices: organisationsPublicServices,
  routes: [...tenantRoutes, ...tenantSettingsRoutes],
  schemas: { Tenant: TenantView, VersionedSettings: SettingsView, VersionedTenant: TenantItem },
  tenantSettings: TENANT_SETTINGS,
});
