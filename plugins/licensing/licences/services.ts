/** How the services of licences are made. */
import type { ServicesOf } from '#core/plugin.ts';
import type { ProductsScope } from '../products/services.ts';
import { createLicenceExport } from './csv/export.ts';
import { createLicenceImport } from './csv/import.ts';
import { createCustomerMails } from './customer-mails.ts';
import { createLicenceChanges } from './licence-changes.ts';
import { createLicenceDevices } from './licence-devices.ts';
import { createLicences } from './licences.ts';
import { createReminders } from './reminders.ts';

export const licencesServices = {
  licences: createLicences,
  licenceChanges: createLicenceChanges,
  licenceDevices: createLicenceDevices,
  licenceExport: createLicenceExport,
  licenceImport: createLicenceImport,
  reminders: createReminders,
  customerMails: createCustomerMails,
};

export interface LicencesOwn extends ServicesOf<typeof licencesServices> {}

/** What this part sees. */
export interface LicencesScope extends ProductsScope, LicencesOwn {}
