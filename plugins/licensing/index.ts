/** Activation codes and their devices. Speaks the licence server's dialect. */
import Type from 'typebox';
import { definePlugin } from '#core/plugin.ts';
import type {} from '#plugins/auth/contract.ts';
import { staticKeyAuthenticator } from './authenticator.ts';
import { LicensingConfig } from './config.ts';
import './contract.ts';
import { expireLicences } from './cron.ts';
import { licenceDialect } from './dialect.ts';
import { licensingFunctions } from './functions.ts';
import { adminRoutes } from './routes/admin.ts';
import { verifyRoutes } from './routes/verify.ts';
import { createDevices } from './services/devices.ts';
import { createLicences } from './services/licences.ts';
import { createStaticKey } from './services/static-key.ts';
import { createVerification } from './services/verification.ts';

const Licence = {
  license_id: Type.String(),
  email: Type.String(),
  plan: Type.String(),
  valid_until: Type.Union([Type.Integer(), Type.Null()]),
};

export default definePlugin({
  name: 'licensing',
  summary: 'Activation codes and their devices',
  requires: ['auth'],
  config: LicensingConfig,
  migrations: new URL('./migrations/', import.meta.url),
  services: {
    licences: createLicences,
    licenceDevices: createDevices,
    licenceVerification: createVerification,
    licensingStaticKey: createStaticKey,
  },
  dialects: [licenceDialect],
  authenticators: [staticKeyAuthenticator],
  routes: [...verifyRoutes, ...adminRoutes],
  cron: [expireLicences],
  events: {
    'licence.issued': Type.Object(Licence),
    'licence.activated': Type.Object({ ...Licence, device_id: Type.String() }),
    'licence.revoked': Type.Object({ ...Licence, reason: Type.String() }),
    'licence.expired': Type.Object(Licence),
  },
  functions: licensingFunctions,
  scopes: {
    'licenses:read': 'See licences and figures',
    'licenses:manage': 'Make and change licences',
  },
});
