/** Devices: who has a seat of a licence, and what each asks at every start: whether its code is valid; licences that too many use. */
import Type from 'typebox';
import { definePart } from '#core/plugin.ts';
import { LICENCES_READ } from '../access.ts';
import { LicenceFields } from '../licences/events.ts';
import { verifyFunction } from './functions.ts';
import { deviceRoutes } from './routes.ts';
import { type DevicesScope, devicesServices } from './services.ts';
import { deviceTables } from './tables.ts';

export const devices = definePart<DevicesScope>({
  name: 'devices',
  summary: 'Devices and the seats that they take, whether a code is valid, and whether too many use it',
  needs: ['products', 'licences'],
  tables: deviceTables,
  services: devicesServices,
  routes: deviceRoutes,
  events: {
    'licence.activated': Type.Object({ ...LicenceFields, device_id: Type.String() }),
    'licence.abused': Type.Object({
      ...LicenceFields,
      found: Type.Record(Type.String(), Type.Integer()),
      suspended: Type.Boolean(),
    }),
  },
  eventAccess: { 'licence.activated': LICENCES_READ, 'licence.abused': LICENCES_READ },
  functions: [verifyFunction],
});
