/** Routes of offline licences: files for programs, and the keys that sign them. */
import Type from 'typebox';
import { isoSeconds } from '#core/kit.ts';
import { listRoute, route } from '#core/plugin.ts';
import { LICENCES_READ, mayManage, reachOf } from '../../access.ts';
import { IdParams, Secret, Text } from '../../codes.ts';
import { callerOf } from '../../devices/caller.ts';
import type { FileRow } from '../../devices/tables.ts';
import { VendorFields, vendorOf } from '../../devices/vendor.ts';
import { licensingErrors } from '../../errors.ts';
import type { OfflineScope } from '../services.ts';

export const fileRoutes = [
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
    async handler(_request, { signingKeys }: OfflineScope) {
      const keys = await signingKeys.published();
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
    params: IdParams,
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
    async handler({ params, body, principal, ip, ctx }, services: OfflineScope) {
      const { licences, verification, offlineFiles, licensingConfig } = services;
      const { device_id, device_name = '', activation_code, email } = body;
      const isManager = principal !== null && mayManage(principal);
      if (!isManager && !activation_code) throw licensingErrors.MISSING_LICENSE();
      if (!isManager && !email) throw licensingErrors.MISSING_EMAIL();
      const licence = isManager
        ? await licences.find(reachOf(principal), params.id)
        : await verification.prove(
            { activationCode: activation_code ?? '', email: email ?? '', ...vendorOf(body) },
            device_id,
            callerOf(ip, ctx, licensingConfig),
          );
      if (licence.license_id !== params.id) throw licensingErrors.INVALID_LICENSE();
      const device = { deviceId: device_id, deviceName: device_name, ipAddress: ip };
      const { file, kid, expiresAt, graceUntil } = await offlineFiles.sign(licence, device);
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
    path: '/api/platform/licensing/signing-keys',
    access: 'superadmin',
    summary: 'A new key for offline licences; older ones stay published',
    responses: { 201: Type.Object({ kid: Type.String() }) },
    handler: async (_request, { signingKeys }: OfflineScope) => ({ kid: await signingKeys.rotate() }),
  }),
  listRoute({
    path: '/api/platform/licensing/licences/{id}/files',
    access: LICENCES_READ,
    summary: 'Offline files of a licence that still work',
    params: IdParams,
    key: 'device_id',
    keyType: 'text',
    item: Type.Object({ device_id: Type.String(), works_until: Type.String() }),
    columns: {
      device_id: { type: 'text', filter: 'prefix', description: 'The beginning of its id' },
      works_until: { type: 'time', column: 'valid_until', filter: 'range', sort: true },
    },
    async rows({ params, principal }, { db, clock, licences }: OfflineScope) {
      const { id } = await licences.find(reachOf(principal), params.id);
      return { query: db.read('licensing_files').where({ licence_id: id }).where('valid_until', '>', clock.now()) };
    },
    items: (rows: FileRow[]) =>
      rows.map(({ device_id, valid_until }) => ({ device_id, works_until: isoSeconds(valid_until) })),
  }),
];
