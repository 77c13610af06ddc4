/** Activation codes, devices, products, offline files and floating leases. Speaks the licence server's dialect. */
import Type from 'typebox';
import { definePlugin } from '#core/plugin.ts';
import type {} from '#plugins/auth/contract.ts';
import { staticKeyAuthenticator } from './authenticator.ts';
import { LicensingConfig } from './config.ts';
import { schemas } from './schemas.ts';
import type { LicensingScope } from './scope.ts';
import './contract.ts';
import { expireLicences, remindCustomers, tidyLicensing } from './cron.ts';
import { licenceDialect } from './dialect.ts';
import { licensingFunctions } from './functions.ts';
import { mailIssuedLicence, remindOfExpiry, sendDeviceLink } from './jobs.ts';
import { LICENSING_METERS } from './meters.ts';
import { pages } from './pages.ts';
import { removeLicencesOfTenant } from './personal-data.ts';
import { adminRoutes } from './routes/admin.ts';
import { customerRoutes } from './routes/customers.ts';
import { deviceLists } from './routes/device-lists.ts';
import { devicesPage } from './routes/devices-page.ts';
import { licenceList } from './routes/licence-list.ts';
import { licenceParts } from './routes/licence-parts.ts';
import { platformRoutes } from './routes/platform.ts';
import { productList } from './routes/product-list.ts';
import { verifyRoutes } from './routes/verify.ts';
import { MANAGER_ROLES } from './services/licence-rows.ts';
import { licensingServices } from './services.ts';

const Licence = {
  license_id: Type.String(),
  email: Type.String(),
  plan: Type.String(),
  valid_until: Type.Union([Type.Integer(), Type.Null()]),
};

/** As the routes of administration. */
const readers = { scope: 'licenses:read', roles: MANAGER_ROLES };

type Seen = LicensingScope & { config: LicensingConfig };

export default definePlugin({
  name: 'licensing',
  summary: 'Activation codes, devices and signed licences',
  requires: ['auth'],
  config: LicensingConfig,
  migrations: new URL('./migrations/', import.meta.url),
  contents: { licences: 'licensing_licences' },
  services: licensingServices satisfies Record<string, (services: Seen) => unknown>,
  dialects: [licenceDialect],
  authenticators: [staticKeyAuthenticator],
  schemas,
  pages,
  routes: [
    ...verifyRoutes,
    ...adminRoutes,
    ...customerRoutes,
    ...platformRoutes,
    devicesPage,
    licenceList,
    ...licenceParts,
    ...deviceLists,
    productList,
  ],
  cron: [expireLicences, remindCustomers, tidyLicensing],
  jobs: [remindOfExpiry, sendDeviceLink],
  events: {
    'licence.issued': Type.Object(Licence),
    'licence.activated': Type.Object({ ...Licence, device_id: Type.String() }),
    'licence.revoked': Type.Object({ ...Licence, reason: Type.String() }),
    'licence.expired': Type.Object(Licence),
    'licence.abused': Type.Object({
      ...Licence,
      found: Type.Record(Type.String(), Type.Integer()),
      suspended: Type.Boolean(),
    }),
  },
  eventAccess: {
    'licence.issued': readers,
    'licence.activated': readers,
    'licence.revoked': readers,
    'licence.expired': readers,
    'licence.abused': readers,
  },
  on: { 'licence.issued': mailIssuedLicence, 'tenant.deleted': removeLicencesOfTenant },
  functions: licensingFunctions,
  meters: LICENSING_METERS,
  scopes: {
    'licenses:read': 'See licences and figures',
    'licenses:manage': 'Make and change licences',
  },
});
