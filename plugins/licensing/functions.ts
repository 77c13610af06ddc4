/** Steps that licensing offers to workflows and AI agents. They act for the tenant that calls them. */
import Type from 'typebox';
import { defineFunction } from '#core/plugin.ts';
import { GeneratedView, generatedView, timeOrNull } from './views.ts';

const LicenceId = Type.String({ minLength: 1, maxLength: 40 });

export const licensingFunctions = [
  defineFunction({
    name: 'licensing.generate',
    summary: 'Makes a licence with a new activation code',
    scope: 'licenses:manage',
    input: Type.Object({
      plan: Type.Enum(['monthly', 'yearly', 'lifetime']),
      email: Type.String({ minLength: 3, maxLength: 320 }),
      device_cap: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000 })),
      days: Type.Optional(Type.Integer({ minimum: 1, maximum: 36_500 })),
    }),
    output: GeneratedView,
    async run({ plan, email, device_cap, days }, { tenantId, idempotencyKey }, { licences }) {
      const wish = { plan, email, ...(device_cap && { deviceCap: device_cap }), ...(days && { days }), idempotencyKey };
      return generatedView(await licences.generate(tenantId, wish));
    },
  }),
  defineFunction({
    name: 'licensing.revoke',
    summary: 'Ends a licence for good',
    scope: 'licenses:manage',
    input: Type.Object({ license_id: LicenceId, reason: Type.Optional(Type.String({ maxLength: 500 })) }),
    output: Type.Object({ revoked: Type.Literal(true) }),
    async run({ license_id, reason = '' }, { tenantId }, { licences }) {
      await licences.revoke(tenantId, license_id, reason);
      return { revoked: true as const };
    },
  }),
  defineFunction({
    name: 'licensing.verify',
    summary: 'Whether a code is valid for an e-mail address',
    scope: 'licenses:read',
    input: Type.Object({ activation_code: Type.String(), email: Type.String() }),
    output: Type.Object({ valid: Type.Boolean(), code: Type.String() }),
    async run({ activation_code, email }, _call, { licenceVerification }) {
      const request = { activationCode: activation_code, email, deviceId: '', deviceName: '', ipAddress: '' };
      const { code } = await licenceVerification.judge(request);
      return { valid: code === 'SUCCESS', code };
    },
  }),
  defineFunction({
    name: 'licensing.extend',
    summary: 'Adds days to a licence',
    scope: 'licenses:manage',
    input: Type.Object({ license_id: LicenceId, days: Type.Integer({ minimum: 1, maximum: 36_500 }) }),
    output: Type.Object({ license_id: Type.String(), valid_until: Type.Union([Type.String(), Type.Null()]) }),
    async run({ license_id, days }, { tenantId, idempotencyKey }, { licences }) {
      const { valid_until } = await licences.extend(tenantId, license_id, days, idempotencyKey);
      return { license_id, valid_until: timeOrNull(valid_until) };
    },
  }),
];
