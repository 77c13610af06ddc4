/** What the inside of licensing sees: the platform's services, the public ones of auth, and its own. */
import type { Services } from '#core/plugin.ts';
import type { AuthServices } from '#plugins/auth/contract.ts';
import type { AbuseDetection } from './services/abuse.ts';
import type { LicenceExport } from './services/csv-export.ts';
import type { LicenceImport } from './services/csv-import.ts';
import type { DeviceLinks } from './services/device-links.ts';
import type { Devices } from './services/devices.ts';
import type { Leases } from './services/leases.ts';
import type { LicenceChanges } from './services/licence-changes.ts';
import type { Licences } from './services/licences.ts';
import type { OfflineFiles } from './services/offline-files.ts';
import type { Products } from './services/products.ts';
import type { LicenceReminders } from './services/reminders.ts';
import type { SigningKeys } from './services/signing-keys.ts';
import type { StaticKey } from './services/static-key.ts';
import type { Caller, Verification } from './services/verification.ts';

/** The services of licensing by name. */
export interface LicensingOwn {
  licences: Licences;
  licenceChanges: LicenceChanges;
  licenceDevices: Devices;
  licenceVerification: Verification;
  licenceAbuse: AbuseDetection;
  licenceLeases: Leases;
  licenceDeviceLinks: DeviceLinks;
  licenceReminders: LicenceReminders;
  licensingProducts: Products;
  licensingFiles: OfflineFiles;
  licensingSigningKeys: SigningKeys;
  licensingExport: LicenceExport;
  licensingImport: LicenceImport;
  licensingStaticKey: StaticKey;
  /** Who asks, by the connection and the header that the configuration trusts. */
  licensingCaller: (ip: string, header: (name: string) => string) => Caller;
  licensingCustomerMail: { onIssue: boolean };
}

export interface LicensingScope extends Services, AuthServices, LicensingOwn {}
