/** Licences: issued, renewed, upgraded, suspended, revoked, and over by their time; as CSV, out and in. */
import Type from 'typebox';
import { definePart } from '#core/plugin.ts';
import { LICENCES_READ } from '../access.ts';
import { THEIR_LICENCES } from './about-people.ts';
import { expireLicences, remindCustomers } from './cron.ts';
import { LicenceFields } from './events.ts';
import { licenceFunctions } from './functions.ts';
import { mailIssuedLicence, remindOfExpiry } from './jobs.ts';
import { LICENCE_METERS } from './meters.ts';
import { PAST_LICENCES } from './past-events.ts';
import { csvRoutes } from './routes/csv.ts';
import { licenceChangeRoutes } from './routes/licence-changes.ts';
import { ListedLicence, licenceRoutes } from './routes/licences.ts';
import { type LicencesScope, licencesServices } from './services.ts';
import { licenceTables } from './tables.ts';
import { ExtendedView, GeneratedView } from './views.ts';

export const licences = definePart<LicencesScope>({
  name: 'licences',
  summary: 'Licences from their issue to their end',
  needs: ['products'],
  contents: { licences: 'licensing_licences' },
  tables: licenceTables,
  services: licencesServices,
  routes: [...licenceRoutes, ...licenceChangeRoutes, ...csvRoutes],
  schemas: { GeneratedLicence: GeneratedView, Licence: ExtendedView, ListedLicence },
  cron: [expireLicences, remindCustomers],
  jobs: [remindOfExpiry],
  events: {
    'licence.issued': Type.Object(LicenceFields),
    'licence.revoked': Type.Object({ ...LicenceFields, reason: Type.String() }),
    'licence.expired': Type.Object(LicenceFields),
    'licence.expiring': Type.Object(LicenceFields),
    'licence.not_mailed': Type.Object({ ...LicenceFields, reason: Type.String() }),
  },
  eventAccess: {
    'licence.issued': LICENCES_READ,
    'licence.revoked': LICENCES_READ,
    'licence.expired': LICENCES_READ,
    'licence.expiring': LICENCES_READ,
    'licence.not_mailed': LICENCES_READ,
  },
  lastEvents: PAST_LICENCES,
  on: { 'licence.issued': mailIssuedLicence },
  functions: licenceFunctions,
  meters: LICENCE_METERS,
  aboutPeople: [THEIR_LICENCES],
});
