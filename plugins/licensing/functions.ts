/** Steps that licensing offers to workflows and AI agents. They act for the tenant that calls them. */
import Type from 'typebox';
import { defineFunction, type FunctionCall } from '#core/plugin.ts';
import { EmailSchema } from './email-schema.ts';
import { GeneratedView, generatedView, timeOrNull } from './views.ts';

const LicenceId = Type.String({ minLength: 1, maxLength: 40 });

export const licensingFunctions = [
  defineFunction({
    name: 'licensing.generate',
    summary: 'Makes a licence with a new activation code',
    scope: 'licenses:manage',
    input: Type.Object({
      plan: Type.Enum(['monthly', 'yearly', 'lifetime']),
      email: EmailSchema,
      device_cap: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000 })),
      days: Type.Optional(Type.Integer({ minimum: 1, maximum: 36_500 })),
      product: Type.Optional(Type.String({ maxLength: 64, description: 'Code of one of your products' })),
    }),
    output: GeneratedView,
    async run({ plan, email, device_cap, days, product }, call, { licences }) {
      const wish = {
        plan,
        email,
        ...(device_cap && { deviceCap: device_cap }),
        ...(days && { days }),
        ...(product && { product }),
        idempotencyKey: keyOf(call),
      };
      return generatedView(await licences.generate(call.tenantId, wish));
    },
  }),
  defineFunction({
    name: 'licensing.revoke',
    summary: 'Ends a licence for good',
    scope: 'licenses:manage',
    input: Type.Object({ license_id: LicenceId, reason: Type.Optional(Type.String({ maxLength: 500 })) }),
    output: Type.Object({ revoked: Type.Literal(true) }),
    async run({ license_id, reason = '' }, { tenantId }, { licenceChanges }) {
      await licenceChanges.revoke(tenantId, license_id, reason);
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
      const { code } = await licenceVerification.judge(request, null);
      return { valid: code === 'SUCCESS', code };
    },
  }),
  defineFunction({
    name: 'licensing.extend',
    summary: 'Adds days to a licence',
    scope: 'licenses:manage',
    input: Type.Object({ license_id: LicenceId, days: Type.Integer({ minimum: 1, maximum: 36_500 }) }),
    output: Type.Object({ license_id: Type.String(), valid_until: Type.Union([Type.String(), Type.Null()]) }),
    async run({ license_id, days }, call, { licenceChanges }) {
      const { valid_until } = await licenceChanges.extend(call.tenantId, license_id, days, keyOf(call));
      return { license_id, valid_until: timeOrNull(valid_until) };
    },
  }),
];

/** Keys are told apart by tenant: nobody gets the licence of another one by guessing its key. */
function keyOf({ tenantId, idempotencyKey }: FunctionCall): string {
  return `${tenantId ?? ''}/${idempotencyKey}`;
}
