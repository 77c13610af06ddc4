/** Routes of leases: programs take, keep and release them. */
import Type from 'typebox';
import { isoSeconds } from '#core/kit.ts';
import { route } from '#core/plugin.ts';
import { callerOf } from '../verification/caller.ts';
import { VendorFields, vendorOf } from '../verification/vendor.ts';
import type { Lease } from './leases.ts';
import type { FloatingScope } from './services.ts';

const Text = (maxLength: number) => Type.String({ minLength: 1, maxLength });
const Secret = (maxLength: number) => Type.String({ minLength: 1, maxLength, writeOnly: true });
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
    async handler({ body, ip, ctx }, { verification, leases, licensingConfig }: FloatingScope) {
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
    handler: async ({ params }, { leases }: FloatingScope) => leaseView(await leases.heartbeat(params.id)),
  }),
  route({
    method: 'DELETE',
    path: '/api/licenses/leases/{id}',
    access: 'public',
    summary: 'Gives the place back',
    params: LeaseId,
    responses: { 200: Type.Object({ success: Type.Literal(true) }) },
    async handler({ params }, { leases }: FloatingScope) {
      await leases.release(params.id);
      return { success: true };
    },
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
