/** Steps that usage offers to workflows and AI agents. They are about the caller's tenant. */
import Type from 'typebox';
import { defineFunction } from '#core/plugin.ts';
import { COUNT, USAGE } from '../access.ts';
import type { UsageScope } from './services.ts';

const Meter = Type.String({ minLength: 1, maxLength: 64 });
const Level = {
  used: Type.Integer(),
  limit: Type.Integer(),
  remaining: Type.Union([Type.Integer(), Type.Null()]),
};

export const usageFunctions = [
  defineFunction({
    name: 'billing.usage',
    summary: 'How much of a meter is used and what is left',
    access: { ...USAGE, tenant: true },
    input: Type.Object({ meter: Meter }),
    output: Type.Object(Level),
    async run({ meter }, { tenantId }, { usageMeters }: UsageScope) {
      const { used, limit, remaining } = await usageMeters.peek(tenantId, meter);
      return { used, limit, remaining };
    },
  }),
  defineFunction({
    name: 'billing.consume',
    summary: 'Counts what was used of a meter, once for each call; refused when the plan does not allow it',
    access: { ...COUNT, tenant: true },
    input: Type.Object({ meter: Meter, amount: Type.Optional(Type.Integer({ minimum: 1, maximum: 1e9 })) }),
    output: Type.Object({ ...Level, receipt: Type.String({ description: 'For `billing.giveBack`' }) }),
    async run({ meter, amount = 1 }, { tenantId, idempotencyKey }, { usageCalls }: UsageScope) {
      const call = { meter, amount, key: `function\n${idempotencyKey}` };
      const { used, limit, remaining, receipt } = await usageCalls.consume(tenantId, call);
      return { used, limit, remaining, receipt };
    },
  }),
  defineFunction({
    name: 'billing.giveBack',
    summary: 'Takes back what `billing.consume` counted and did not happen, in the month in which it was',
    access: { ...COUNT, tenant: true },
    input: Type.Object({ meter: Meter, receipt: Type.String({ pattern: '^[0-9a-f]{64}$' }) }),
    output: Type.Object(Level),
    async run({ meter, receipt }, { tenantId }, { usageCalls }: UsageScope) {
      const { used, limit, remaining } = await usageCalls.giveBack(tenantId, { meter, receipt });
      return { used, limit, remaining };
    },
  }),
];
