/** How the services of licences are made. */
import type { ServicesOf } from '#core/plugin.ts';
import type { ProductsOwn } from '../products/services.ts';
import type { LicensingGround } from '../services.ts';
import { createLicenceChanges } from './licence-changes.ts';
import { createLicenceDevices } from './licence-devices.ts';
import { createLicences } from './licences.ts';
import { createReminders } from './reminders.ts';

export const licencesServices = {
  licences: createLicences,
  licenceChanges: createLicenceChanges,
  licenceDevices: createLicenceDevices,
  reminders: createReminders,
};

export interface LicencesOwn extends ServicesOf<typeof licencesServices> {}

/** What this part sees. */
export interface LicencesScope extends LicensingGround, ProductsOwn, LicencesOwn {}
