/** Administration as the licence document has it, with an API key. */
import Type from 'typebox';
import { route } from '#core/plugin.ts';
import { LICENCES_MANAGE, LICENCES_READ, reachOf } from '../access.ts';
import type { DevicesScope } from '../devices/services.ts';
import { EmailSchema } from '../licences/email-schema.ts';
import { GeneratedView, generatedView, LicenceView, licenceView } from '../licences/views.ts';

const Success = Type.Object({ success: Type.Literal(true) });
const LicenceId = Type.String({ minLength: 1, maxLength: 40 });
const Device = Type.Object({ license_id: LicenceId, device_id: Type.String({ minLength: 1, maxLength: 200 }) });

export const adminRoutes = [
  route({
    method: 'POST',
    path: '/api/admin/generate',
    operationId: 'generateLicence',
    access: LICENCES_MANAGE,
    summary: 'Makes a licence with a new activation code',
    body: Type.Object({
      plan: Type.Enum(['monthly', 'yearly', 'lifetime']),
      email: EmailSchema,
      device_cap: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000 })),
      days: Type.Optional(Type.Integer({ minimum: 1, maximum: 36_500 })),
      user_hint: Type.Optional(Type.String({ maxLength: 500 })),
    }),
    responses: { 200: Type.Object({ success: Type.Literal(true), license: GeneratedView }) },
    async handler({ body, principal }, { licences }: DevicesScope) {
      const licence = await licences.generate(principal.tenantId, {
        plan: body.plan,
        email: body.email,
        ...(body.device_cap !== undefined && { deviceCap: body.device_cap }),
        ...(body.days !== undefined && { days: body.days }),
        ...(body.user_hint !== undefined && { userHint: body.user_hint }),
      });
      return { success: true, license: generatedView(licence) };
    },
  }),
  route({
    method: 'POST',
    path: '/api/admin/revoke',
    operationId: 'revokeLicenceById',
    access: LICENCES_MANAGE,
    summary: 'Ends a licence for good',
    body: Type.Object({ license_id: LicenceId, reason: Type.Optional(Type.String({ maxLength: 500 })) }),
    responses: { 200: Success },
    async handler({ body, principal }, { licenceChanges }: DevicesScope) {
      await licenceChanges.revoke(reachOf(principal), body.license_id, body.reason ?? '');
      return { success: true };
    },
  }),
  route({
    method: 'POST',
    path: '/api/admin/deactivate-device',
    access: LICENCES_MANAGE,
    summary: 'Takes the place of a device away',
    body: Device,
    responses: { 200: Success },
    async handler({ body, principal }, { devices }: DevicesScope) {
      await devices.deactivate(reachOf(principal), body.license_id, body.device_id);
      return { success: true };
    },
  }),
  route({
    method: 'POST',
    path: '/api/admin/activate-device',
    access: LICENCES_MANAGE,
    summary: 'Gives a device its place back',
    body: Device,
    responses: { 200: Success },
    async handler({ body, principal }, { devices }: DevicesScope) {
      await devices.activate(reachOf(principal), body.license_id, body.device_id);
      return { success: true };
    },
  }),
  route({
    method: 'GET',
    path: '/api/admin/licenses',
    operationId: 'listGeneratedLicences',
    access: LICENCES_READ,
    summary: 'Licences, newest first',
    query: Type.Object({
      status: Type.Optional(Type.Enum(['active', 'revoked', 'expired', 'suspended'])),
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000 })),
      offset: Type.Optional(Type.Integer({ minimum: 0, maximum: 10_000_000 })),
    }),
    responses: { 200: Type.Object({ success: Type.Literal(true), licenses: Type.Array(LicenceView) }) },
    async handler({ query, principal }, { licences }: DevicesScope) {
      const { status, limit = 100, offset = 0 } = query;
      const rows = await licences.list(reachOf(principal), { ...(status && { status }), limit, offset });
      return { success: true, licenses: rows.map(licenceView) };
    },
  }),
  route({
    method: 'GET',
    path: '/api/admin/stats',
    operationId: 'getLicenceStats',
    access: LICENCES_READ,
    summary: 'Figures of all licences',
    responses: {
      200: Type.Object({
        success: Type.Literal(true),
        stats: Type.Object({
          total_licenses: Type.Integer(),
          active_licenses: Type.Integer(),
          plan_statistics: Type.Object({ monthly: Type.Integer(), yearly: Type.Integer(), lifetime: Type.Integer() }),
          active_devices: Type.Integer(),
        }),
      }),
    },
    handler: async ({ principal }, { licences }: DevicesScope) => ({
      success: true,
      stats: await licences.stats(reachOf(principal)),
    }),
  }),
];
