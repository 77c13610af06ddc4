/** How the services of devices are made. */
import type { ServicesOf } from '#core/plugin.ts';
import type { LicencesOwn } from '../licences/services.ts';
import type { LicensingGround } from '../services.ts';
import { createDevices } from './devices.ts';

export const devicesServices = {
  devices: createDevices,
};

export interface DevicesOwn extends ServicesOf<typeof devicesServices> {}

/** What this part sees. */
export interface DevicesScope extends LicensingGround, LicencesOwn, DevicesOwn {}
