/** How the services of devices are made. */
import type { ServicesOf } from '#core/plugin.ts';
import type { LicencesScope } from '../licences/services.ts';
import { createAbuseDetection } from './abuse.ts';
import { createDevices } from './devices.ts';
import { createVerification } from './verification.ts';

export const devicesServices = {
  abuseDetection: createAbuseDetection,
  devices: createDevices,
  verification: createVerification,
};

export interface DevicesOwn extends ServicesOf<typeof devicesServices> {}

/** What this part sees. */
export interface DevicesScope extends LicencesScope, DevicesOwn {}
