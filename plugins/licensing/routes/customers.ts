/** What programs and customers call beyond the licence document: offline files, leases, trials, links to devices. */
import Type from 'typebox';
import { isoSeconds } from '#core/kit.ts';
import { route } from '#core/plugin.ts';
import { EmailSchema } from '../email-schema.ts';
import { licensingErrors } from '../errors.ts';
import type { LicensingScope } from '../scope.ts';
import type { Lease } from '../services/leases.ts';
import { mayManage, scopeOf } from '../services/licence-rows.ts';
import { timeOrNull } from '../views.ts';
import { VendorFields, vendorOf } from './vendor.ts';

const Text = (maxLength: number) => Type.String({ minLength: 1, maxLength });
const Secret = (maxLength: number) => Type.String({ minLength: 1, maxLength, writeOnly: true });
const LicenceId = Type.Object({ id: Text(40) });
const LeaseId = Type.Object({ id: Text(64) });
const Credentials = { activation_code: Secret(100), email: Text(320), ...VendorFields };
export const LeaseView = Type.Object({
  success: Type.Literal(true),
  lease_id: Type.String(),
  device_id: Type.String(),
  expires_at: Type.String(),
  heartbeat_seconds: Type.Integer(),
});
const Success = Type.Object({ success: Type.Literal(true) });

export const customerRoutes = [
  route({
    method: 'GET',
    path: '/api/licenses/public-key',
    access: 'public',
    summary: 'The keys that offline licences are checked with',
    responses: {
      200: Type.Object(
        {
          success: Type.Literal(true),
          kid: Type.String(),
          alg: Type.String(),
          public_key: Type.String({ description: 'The current one: its 32 bytes, base64url' }),
          keys: Type.Array(Type.Object({}, { additionalProperties: true }), { description: 'JWK Set (RFC 7517 §5)' }),
        },
        {
          examples: [
            {
              success: true,
              kid: 'bSV…',
              alg: 'EdDSA',
              public_key: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo',
              keys: [],
            },
          ],
        },
      ),
    },
    async handler(_request, { licensingSigningKeys }: LicensingScope) {
      const keys = await licensingSigningKeys.published();
      const [current] = keys;
      return { success: true, kid: current?.kid ?? '', alg: 'EdDSA', public_key: current?.x ?? '', keys };
    },
  }),
  route({
    method: 'POST',
    path: '/api/licenses/{id}/file',
    operationId: 'issueLicenceFile',
    access: 'optional',
    summary: 'A signed offline licence for one device',
    description: 'The customer’s program sends code and e-mail address; an administrator’s API key needs neither.',
    params: LicenceId,
    body: Type.Object({
      activation_code: Type.Optional(Secret(100)),
      email: Type.Optional(Text(320)),
      device_id: Text(200),
      device_name: Type.Optional(Type.String({ maxLength: 200 })),
      ...VendorFields,
    }),
    responses: {
      200: Type.Object({
        success: Type.Literal(true),
        license_id: Type.String(),
        device_id: Type.String(),
        file: Type.String(),
        kid: Type.String(),
        expires_at: Type.String(),
        grace_until: Type.String(),
      }),
    },
    async handler({ params, body, principal, ip, ctx }, services: LicensingScope) {
      const { licences, licenceVerification, licensingFiles, licensingCaller } = services;
      const { device_id, device_name = '', activation_code, email } = body;
      const isManager = principal !== null && mayManage(principal);
      if (!isManager && !activation_code) throw licensingErrors.MISSING_LICENSE();
      if (!isManager && !email) throw licensingErrors.MISSING_EMAIL();
      const licence = isManager
        ? await licences.find(scopeOf(principal), params.id)
        : await licenceVerification.prove(
            { activationCode: activation_code ?? '', email: email ?? '', ...vendorOf(body) },
            device_id,
            licensingCaller(ip, (name) => ctx.get(name)),
          );
      if (licence.license_id !== params.id) throw licensingErrors.INVALID_LICENSE();
      const device = { deviceId: device_id, deviceName: device_name, ipAddress: ip };
      const { file, kid, expiresAt, graceUntil } = await licensingFiles.sign(licence, device);
      return {
        success: true,
        license_id: params.id,
        device_id,
        file,
        kid,
        expires_at: isoSeconds(expiresAt),
        grace_until: isoSeconds(graceUntil),
      };
    },
  }),
  route({
    method: 'POST',
    path: '/api/licenses/leases',
    access: 'public',
    summary: 'Takes a place of a floating licence, or renews one’s own',
    body: Type.Object({ ...Credentials, device_id: Text(200) }),
    responses: { 200: LeaseView },
    async handler({ body, ip, ctx }, { licenceVerification, licenceLeases, licensingCaller }: LicensingScope) {
      const { activation_code: activationCode, email, device_id } = body;
      const caller = licensingCaller(ip, (name) => ctx.get(name));
      // Its places bound how many use it at once, whichever devices they are; from where is looked at.
      const licence = await licenceVerification.prove({ activationCode, email, ...vendorOf(body) }, '', caller);
      return leaseView(await licenceLeases.acquire(licence, device_id));
    },
  }),
  route({
    method: 'POST',
    path: '/api/licenses/leases/{id}/heartbeat',
    access: 'public',
    summary: 'Keeps a lease alive',
    params: LeaseId,
    responses: { 200: LeaseView },
    handler: async ({ params }, { licenceLeases }: LicensingScope) =>
      leaseView(await licenceLeases.heartbeat(params.id)),
  }),
  route({
    method: 'DELETE',
    path: '/api/licenses/leases/{id}',
    access: 'public',
    summary: 'Gives the place back',
    params: LeaseId,
    responses: { 200: Success },
    async handler({ params }, { licenceLeases }: LicensingScope) {
      await licenceLeases.release(params.id);
      return { success: true };
    },
  }),
  route({
    method: 'POST',
    path: '/api/licenses/trials',
    operationId: 'beginTrial',
    access: 'public',
    summary: 'Starts a trial of a product; the code comes by mail',
    description: 'One for each address. Asking again sends no second mail, and the answer is the same.',
    rateLimit: { name: 'licensing.trials', points: 10, windowSeconds: 3600 },
    body: Type.Object({
      product_id: Text(40),
      email: EmailSchema,
    }),
    responses: { 200: Type.Object({ success: Type.Literal(true), trial_days: Type.Integer() }) },
    async handler({ body }, { licences, licensingProducts }: LicensingScope) {
      const product = await licensingProducts.findPublic(body.product_id);
      await licences.startTrial(product, body.email);
      return { success: true, trial_days: product.trial_days };
    },
  }),
  route({
    method: 'POST',
    path: '/api/licenses/device-link',
    operationId: 'requestDeviceLink',
    access: 'public',
    summary: 'Mails the customer a link to the devices of their licences',
    description: 'The answer is the same whether there is such a licence or not.',
    rateLimit: { name: 'licensing.device-link', points: 5, windowSeconds: 3600 },
    body: Type.Object({ email: Text(320), activation_code: Type.Optional(Secret(100)) }),
    responses: { 200: Success },
    async handler({ body }, { licenceDeviceLinks }: LicensingScope) {
      await licenceDeviceLinks.send(body.email, body.activation_code ?? '');
      return { success: true };
    },
  }),
  route({
    method: 'POST',
    path: '/api/licenses/my-devices',
    operationId: 'listMyDevices',
    access: 'public',
    summary: 'The devices that a link opens',
    body: Type.Object({ token: Secret(2000) }),
    responses: {
      200: Type.Object({
        success: Type.Literal(true),
        licenses: Type.Array(
          Type.Object({
            license_id: Type.String(),
            plan: Type.String(),
            device_cap: Type.Integer(),
            valid_until: Type.Union([Type.String(), Type.Null()]),
            devices: Type.Array(
              Type.Object({ device_id: Type.String(), device_name: Type.String(), last_seen_at: Type.String() }),
            ),
            offline_files: Type.Array(Type.Object({ device_id: Type.String(), works_until: Type.String() }), {
              description: 'They hold their places until then, also when the device is released',
            }),
          }),
        ),
      }),
    },
    async handler({ body }, { licenceDeviceLinks }: LicensingScope) {
      const opened = await licenceDeviceLinks.open(body.token);
      return {
        success: true,
        licenses: opened.map(({ licence, devices, files }) => ({
          license_id: licence.license_id,
          plan: licence.plan,
          device_cap: licence.device_cap,
          valid_until: timeOrNull(licence.valid_until),
          devices: devices.map(({ device_id, device_name, last_seen_at }) => ({
            device_id,
            device_name,
            last_seen_at: isoSeconds(last_seen_at),
          })),
          offline_files: files.map(({ device_id, valid_until }) => ({
            device_id,
            works_until: isoSeconds(valid_until),
          })),
        })),
      };
    },
  }),
  route({
    method: 'POST',
    path: '/api/licenses/my-devices/release',
    operationId: 'releaseMyDevice',
    access: 'public',
    summary: 'Frees the place of a device; it may come back',
    body: Type.Object({ token: Secret(2000), license_id: Text(40), device_id: Text(200) }),
    responses: { 200: Success },
    async handler({ body }, { licenceDeviceLinks }: LicensingScope) {
      await licenceDeviceLinks.release(body.token, body.license_id, body.device_id);
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
