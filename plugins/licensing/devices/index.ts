/** Devices: who has a seat of a licence. */
import Type from 'typebox';
import { definePart } from '#core/plugin.ts';
import { LICENCES_READ } from '../access.ts';
import { LicenceFields } from '../licences/events.ts';
import { devicesPage } from './routes/devices-page.ts';
import { deviceLists } from './routes/lists.ts';
import { type DevicesScope, devicesServices } from './services.ts';

export const devices = definePart<DevicesScope>({
  name: 'devices',
  summary: 'Devices of licences, and the seats that they take',
  needs: ['products', 'licences'],
  services: devicesServices,
  routes: [devicesPage, ...deviceLists],
  events: { 'licence.activated': Type.Object({ ...LicenceFields, device_id: Type.String() }) },
  eventAccess: { 'licence.activated': LICENCES_READ },
});
