/** How the services of licences as CSV are made. */
import type { ServicesOf } from '#core/plugin.ts';
import type { LicensingGround } from '../services.ts';
import { createLicenceExport } from './export.ts';
import { createLicenceImport } from './import.ts';

export const csvServices = {
  licenceExport: createLicenceExport,
  licenceImport: createLicenceImport,
};

export interface CsvOwn extends ServicesOf<typeof csvServices> {}

/** What this part sees. */
export interface CsvScope extends LicensingGround, CsvOwn {}
