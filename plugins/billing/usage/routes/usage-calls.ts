/** Counting by programs: what they do that Patchbay does not see, against the limits of the tenant's plan. */
import { randomUUID } from 'node:crypto';
import Type, { type Static } from 'typebox';
import { isoSeconds, isSuperadmin, type UsageLevel } from '#core/kit.ts';
import { coreErrors, type Principal, route } from '#core/plugin.ts';
import { COUNT, tenantOf } from '../../access.ts';
import { mustExist } from '../../views.ts';
import type { UsageScope } from '../services.ts';

const Meter = Type.String({ minLength: 1, maxLength: 64 });
const TenantId = Type.Optional(
  Type.String({ minLength: 1, maxLength: 36, description: 'Another tenant than the caller’s: super-admins alone' }),
);
const Level = {
  meter: Type.String(),
  used: Type.Integer(),
  limit: Type.Integer({ description: '-1 is unlimited' }),
  remaining: Type.Union([Type.Integer(), Type.Null()]),
  resets_at: Type.Union([Type.String(), Type.Null()]),
};
const LevelView = Type.Object(Level);
const Receipt = Type.String({ pattern: '^[0-9a-f]{64}$' });

export const usageCallRoutes = [
  route({
    method: 'POST',
    path: '/api/platform/billing/usage',
    access: COUNT,
    summary: 'Counts what was used of a meter, or refuses it whole when the plan does not allow it',
    body: Type.Object({
      meter: Meter,
      amount: Type.Optional(Type.Integer({ minimum: 1, maximum: 1e9, default: 1 })),
      idempotency_key: Type.Optional(
        Type.String({ minLength: 1, maxLength: 200, description: 'Counted once, however often it is asked for' }),
      ),
      tenant_id: TenantId,
    }),
    responses: {
      200: Type.Object({ ...Level, receipt: Type.String({ description: 'With it the amount can be given back' }) }),
    },
    async handler({ body, principal }, services: UsageScope) {
      const { meter, amount = 1, idempotency_key = randomUUID() } = body;
      const { tenantId, byOperator } = await tenantFor(principal, body.tenant_id, services);
      const call = { meter, amount, key: `${byOperator ? 'operator' : 'route'}\n${idempotency_key}`, byOperator };
      const { receipt, ...level } = await services.usageCalls.consume(tenantId, call);
      return { ...levelView(meter, level), receipt };
    },
  }),
  route({
    method: 'POST',
    path: '/api/platform/billing/usage/give-back',
    access: COUNT,
    summary: 'Takes back what was counted and did not happen, in the month in which it was',
    body: Type.Object({ meter: Meter, receipt: Receipt, tenant_id: TenantId }),
    responses: { 200: LevelView },
    async handler({ body: { meter, receipt, tenant_id }, principal }, services: UsageScope) {
      const { tenantId, byOperator } = await tenantFor(principal, tenant_id, services);
      return levelView(meter, await services.usageCalls.giveBack(tenantId, { meter, receipt, byOperator }));
    },
  }),
];

async function tenantFor(
  principal: Principal,
  wanted: string | undefined,
  { people }: UsageScope,
): Promise<{ tenantId: string; byOperator: boolean }> {
  if (wanted === undefined || wanted === principal.tenantId)
    return { tenantId: tenantOf(principal), byOperator: false };
  if (!isSuperadmin(principal)) throw coreErrors.forbidden({ message: 'Only a super-admin counts for another tenant' });
  await mustExist({ people }, wanted);
  return { tenantId: wanted, byOperator: true };
}

function levelView(meter: string, { used, limit, remaining, resetsAt }: UsageLevel): Static<typeof LevelView> {
  return { meter, used, limit, remaining, resets_at: resetsAt === null ? null : isoSeconds(resetsAt) };
}
