/** Licences for workflows and AI agents: made, ended, extended. They reach what the caller's routes do. */

import Type from 'typebox';
import { isoSeconds } from '#core/kit.ts';
import { defineFunction, type GrantedCall } from '#core/plugin.ts';
import { LICENCES_MANAGE, reachOf } from '../access.ts';
import { EmailSchema } from './email-schema.ts';
import type { LicencesScope } from './services.ts';
import { GeneratedView, generatedView } from './views.ts';

// As the routes of administration: without a tenant (root token, static key) licences are the platform's.
const manage = { ...LICENCES_MANAGE, tenant: false } as const;
const LicenceId = Type.String({ minLength: 1, maxLength: 40 });

export const licenceFunctions = [
  defineFunction({
    name: 'licensing.generate',
    summary: 'Makes a licence with a new activation code',
    access: manage,
    binds: { email: { field: 'email' } },
    input: Type.Object({
      plan: Type.Enum(['monthly', 'yearly', 'lifetime']),
      email: EmailSchema,
      device_cap: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000 })),
      days: Type.Optional(Type.Integer({ minimum: 1, maximum: 36_500 })),
      product: Type.Optional(Type.String({ maxLength: 64, description: 'Code of one of your products' })),
    }),
    output: GeneratedView,
    async run({ plan, email, device_cap, days, product }, call, { licences }: LicencesScope) {
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
    access: manage,
    binds: { license_id: { field: 'licence' } },
    input: Type.Object({ license_id: LicenceId, reason: Type.Optional(Type.String({ maxLength: 500 })) }),
    output: Type.Object({ revoked: Type.Literal(true) }),
    async run({ license_id, reason = '' }, { principal }, { licenceChanges }: LicencesScope) {
      await licenceChanges.revoke(reachOf(principal), license_id, reason);
      return { revoked: true as const };
    },
  }),
  defineFunction({
    name: 'licensing.extend',
    summary: 'Adds days to a licence',
    access: manage,
    binds: { license_id: { field: 'licence' } },
    input: Type.Object({ license_id: LicenceId, days: Type.Integer({ minimum: 1, maximum: 36_500 }) }),
    output: Type.Object({ license_id: Type.String(), valid_until: Type.Union([Type.String(), Type.Null()]) }),
    async run({ license_id, days }, call, { licenceChanges }: LicencesScope) {
      const { valid_until } = await licenceChanges.extend(reachOf(call.principal), license_id, {
        days,
        idempotencyKey: keyOf(call),
      });
      return { license_id, valid_until: isoSeconds(valid_until) };
    },
  }),
];

/** Keys are told apart by tenant: nobody gets the licence of another one by guessing its key. */
function keyOf({ tenantId, idempotencyKey }: GrantedCall): string {
  return `${tenantId ?? ''}/${idempotencyKey}`;
}
