/** Lists of devices: those of a licence, and all that the caller administers. */
import Type, { type Static } from 'typebox';
import { isoSeconds } from '#core/kit.ts';
import { listRoute } from '#core/plugin.ts';
import { EVERY_TENANT, LICENCES_READ, reachOf } from '../access.ts';
import { IdParams } from '../codes.ts';
import type { DevicesScope } from './services.ts';
import type { DeviceRow } from './tables.ts';

const status = { type: 'text', filter: 'equals', values: ['active', 'deactivated'] } as const;

const DeviceView = Type.Object({
  id: Type.Integer(),
  device_id: Type.String(),
  device_name: Type.String(),
  ip_address: Type.String({ description: 'As the device says' }),
  seen_from: Type.String({ description: 'Address of its last connection, and the country, if known' }),
  status: Type.Enum(['active', 'deactivated']),
  activated_at: Type.String(),
  last_seen_at: Type.String(),
});
const DeviceOfLicence = Type.Object({ ...DeviceView.properties, license_id: Type.String() });

export const deviceRoutes = [
  listRoute({
    path: '/api/platform/licensing/licences/{id}/devices',
    access: LICENCES_READ,
    summary: 'Devices of a licence, newest first',
    params: IdParams,
    item: DeviceView,
    columns: {
      status,
      device_id: { type: 'text', filter: 'prefix', description: 'The beginning of its id' },
      // A licence has about as many as it has places: these need no index of their own.
      last_seen_at: { type: 'time', filter: 'range', sort: true },
      device_name: { type: 'text', sort: true },
    },
    async rows({ params, principal }, { db, licences }: DevicesScope) {
      const { id } = await licences.find(reachOf(principal), params.id);
      return { query: db.read('licensing_devices').where({ licence_id: id }) };
    },
    items: (rows: DeviceRow[]) => rows.map(deviceView),
  }),
  listRoute({
    path: '/api/platform/licensing/devices',
    access: LICENCES_READ,
    summary: 'Devices of all licences, newest first',
    item: DeviceOfLicence,
    columns: {
      status,
      device_id: { type: 'text', filter: 'prefix', description: 'The beginning of its id' },
      activated_at: { type: 'time', filter: 'range', sort: true },
    },
    rows({ principal }, { db }: DevicesScope) {
      const rows = db.read('licensing_devices');
      const reach = reachOf(principal);
      return reach === EVERY_TENANT ? rows : rows.where({ tenant_id: reach });
    },
    async items(rows: DeviceRow[], { db }: DevicesScope) {
      const keys = [...new Set(rows.map(({ licence_id }) => licence_id))];
      const licences = await db.read('licensing_licences').whereIn('id', keys).select('id', 'license_id');
      const names = new Map(licences.map(({ id, license_id }) => [id, license_id]));
      return rows.map((row) => ({ ...deviceView(row), license_id: names.get(row.licence_id) ?? '' }));
    },
  }),
];

function deviceView(row: DeviceRow): Static<typeof DeviceView> {
  const { id, device_id, device_name, ip_address, seen_from, status, activated_at, last_seen_at } = row;
  const times = { activated_at: isoSeconds(activated_at), last_seen_at: isoSeconds(last_seen_at) };
  return { id, device_id, device_name, ip_address, seen_from, status, ...times };
}
