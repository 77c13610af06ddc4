/** What other plugins may use of licensing: its services and events. */
import type { Devices } from './services/devices.ts';
import type { Licences } from './services/licences.ts';
import type { StaticKey } from './services/static-key.ts';
import type { Verification } from './services/verification.ts';

export interface LicenceEvent {
  license_id: string;
  email: string;
  plan: string;
  valid_until: number | null;
}

declare module '#core/plugin.ts' {
  interface Services {
    licences: Licences;
    licenceDevices: Devices;
    licenceVerification: Verification;
    licensingStaticKey: StaticKey;
  }
  interface EventCatalogue {
    'licence.issued': LicenceEvent;
    /** A device took one of its places. */
    'licence.activated': LicenceEvent & { device_id: string };
    'licence.revoked': LicenceEvent & { reason: string };
    'licence.expired': LicenceEvent;
  }
}
