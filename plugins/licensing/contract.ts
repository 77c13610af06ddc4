/** What other plugins may use of licensing: its services and events. */
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

export interface LicenceEvent {
  license_id: string;
  email: string;
  plan: string;
  valid_until: number | null;
}

declare module '#core/plugin.ts' {
  interface Services {
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
  interface EventCatalogue {
    'licence.issued': LicenceEvent;
    /** A device took one of its places. */
    'licence.activated': LicenceEvent & { device_id: string };
    'licence.revoked': LicenceEvent & { reason: string };
    'licence.expired': LicenceEvent;
    /** More devices, addresses or countries than the configuration allows; how many of which. */
    'licence.abused': LicenceEvent & {
      found: { device?: number; address?: number; country?: number };
      suspended: boolean;
    };
  }
}
