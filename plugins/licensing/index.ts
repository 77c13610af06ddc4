/** Activation codes, devices, products, offline files and floating leases. Speaks the licence server's dialect. */
import { definePlugin } from '#core/plugin.ts';
import type {} from '#plugins/auth/contract.ts';
import { staticKeyAuthenticator } from './authenticator.ts';
import { LicensingConfig } from './config.ts';
import './contract.ts';
import { tidyLicensing } from './cron.ts';
import { customers } from './customers/index.ts';
import { devices } from './devices/index.ts';
import { licenceDialect } from './dialect/dialect.ts';
import { dialect } from './dialect/index.ts';
import { licences } from './licences/index.ts';
import { offline } from './offline/index.ts';
import { pages } from './pages.ts';
import { products } from './products/index.ts';
import { groundServices } from './services.ts';
import { summaries } from './summaries.ts';

export default definePlugin({
  name: 'licensing',
  summary: 'Activation codes, devices and signed licences',
  summaries,
  requires: ['auth'],
  config: LicensingConfig,
  migrations: new URL('./migrations/', import.meta.url),
  parts: [products, licences, devices, offline, customers, dialect],
  // Last of all: a trial that is given meanwhile is counted until its product is gone.
  tables: { licensing_counts: { 'tenant.deleted': 'tenant_id' } },
  services: groundServices,
  dialects: [licenceDialect],
  authenticators: [staticKeyAuthenticator],
  pages,
  cron: [tidyLicensing],
  scopes: {
    'licenses:read': 'See licences and figures',
    'licenses:manage': 'Create and change licences',
  },
});
