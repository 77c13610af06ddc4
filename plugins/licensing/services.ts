/** How the services of licensing are made, by name. */
import type { ServicesOf } from '#core/plugin.ts';
import type { LicensingConfig } from './config.ts';
import { createAbuseDetection } from './services/abuse.ts';
import { createCaller } from './services/caller.ts';
import { createLicenceExport } from './services/csv-export.ts';
import { createLicenceImport } from './services/csv-import.ts';
import { createDeviceLinks } from './services/device-links.ts';
import { createDevices } from './services/devices.ts';
import { createLeases } from './services/leases.ts';
import { createLicenceChanges } from './services/licence-changes.ts';
import { createLicences } from './services/licences.ts';
import { createOfflineFiles } from './services/offline-files.ts';
import { createProducts } from './services/products.ts';
import { createReminders } from './services/reminders.ts';
import { createSigningKeys } from './services/signing-keys.ts';
import { createStaticKey } from './services/static-key.ts';
import { createVerification } from './services/verification.ts';

export const licensingServices = {
  licences: createLicences,
  licenceChanges: createLicenceChanges,
  licenceDevices: createDevices,
  licenceVerification: createVerification,
  licenceAbuse: createAbuseDetection,
  licenceLeases: createLeases,
  licenceDeviceLinks: createDeviceLinks,
  licenceReminders: createReminders,
  licensingProducts: createProducts,
  licensingFiles: createOfflineFiles,
  licensingSigningKeys: createSigningKeys,
  licensingExport: createLicenceExport,
  licensingImport: createLicenceImport,
  licensingStaticKey: createStaticKey,
  licensingCaller: createCaller,
  licensingCustomerMail: ({ config }: { config: LicensingConfig }) => config.customerMail,
};

export interface LicensingOwn extends ServicesOf<typeof licensingServices> {}
