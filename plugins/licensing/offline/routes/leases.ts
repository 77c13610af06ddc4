/** Routes of leases: programs take, keep and release them; who administers a licence sees them. */
import Type from 'typebox';
import { isoSeconds } from '#core/kit.ts';
import { listRoute, route } from '#core/plugin.ts';
import { LICENCES_READ, reachOf } from '../../access.ts';
import { IdParams, Secret, Text } from '../../codes.ts';
import { callerOf } from '../../devices/caller.ts';
import type { LeaseRow } from '../../devices/tables.ts';
import { VendorFields, vendorOf } from '../../devices/vendor.ts';
import type { Lease } from '../leases.ts';
import type { OfflineScope } from '../services.ts';

const LeaseId = Type.Object({ id: Text(64) });
const Credentials = { activation_code: Secret(100), email: Text(320), ...VendorFields };
export const LeaseView = Type.Object({
  success: Type.Literal(true),
  lease_id: Type.String(),
  device_id: Type.String(),
  expires_at: Type.String(),
  heartbeat_seconds: Type.Integer(),
});

export const leaseRoutes = [
  route({
    method: 'POST',
    path: '/api/licenses/leases',
    access: 'public',
    summary: 'Takes a place of a floating licence, or renews one’s own',
    body: Type.Object({ ...Credentials, device_id: Text(200) }),
    responses: { 200: LeaseView },
    async handler({ body, ip, ctx }, { verification, leases, licensingConfig }: OfflineScope) {
      const { activation_code: activationCode, email, device_id } = body;
      const caller = callerOf(ip, ctx, licensingConfig);
      // Its places bound how many use it at once, whichever devices they are; from where is looked at.
      const licence = await verification.prove({ activationCode, email, ...vendorOf(body) }, '', caller);
      return leaseView(await leases.acquire(licence, device_id));
    },
  }),
  route({
    method: 'POST',
    path: '/api/licenses/leases/{id}/heartbeat',
    access: 'public',
    summary: 'Keeps a lease alive',
    params: LeaseId,
    responses: { 200: LeaseView },
    handler: async ({ params }, { leases }: OfflineScope) => leaseView(await leases.heartbeat(params.id)),
  }),
  route({
    method: 'DELETE',
    path: '/api/licenses/leases/{id}',
    access: 'public',
    summary: 'Gives the place back',
    params: LeaseId,
    responses: { 200: Type.Object({ success: Type.Literal(true) }) },
    async handler({ params }, { leases }: OfflineScope) {
      await leases.release(params.id);
      return { success: true };
    },
  }),
  listRoute({
    path: '/api/platform/licensing/licences/{id}/leases',
    access: LICENCES_READ,
    summary: 'Places of a floating licence that are taken now',
    description: 'Without the ids of the leases: anyone who knows one may give it back.',
    params: IdParams,
    key: 'device_id',
    keyType: 'text',
    item: Type.Object({ device_id: Type.String(), acquired_at: Type.String(), expires_at: Type.String() }),
    // One place each, so few that these need no index of their own.
    columns: {
      device_id: { type: 'text', filter: 'prefix', description: 'The beginning of its id' },
      acquired_at: { type: 'time', filter: 'range', sort: true },
      expires_at: { type: 'time', filter: 'range', sort: true },
    },
    async rows({ params, principal }, { db, clock, licences }: OfflineScope) {
      const { id } = await licences.find(reachOf(principal), params.id);
      return { query: db.read('licensing_leases').where({ licence_id: id }).where('expires_at', '>', clock.now()) };
    },
    items: (rows: LeaseRow[]) =>
      rows.map(({ device_id, acquired_at, expires_at }) => ({
        device_id,
        acquired_at: isoSeconds(acquired_at),
        expires_at: isoSeconds(expires_at),
      })),
  }),
];

function leaseView({ leaseId, deviceId, expiresAt, heartbeatSeconds }: Lease) {
  return {
    success: true,
    lease_id: leaseId,
    device_id: deviceId,
    expires_at: isoSeconds(expiresAt),
    heartbeat_seconds: heartbeatSeconds,
  };
}
