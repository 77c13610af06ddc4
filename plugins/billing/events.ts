/** Schemas of the events that billing emits. */
import Type from 'typebox';
import { READ, USAGE } from './routes/shared.ts';

const Subscription = Type.Object({
  tenant_id: Type.String(),
  plan_id: Type.String(),
  status: Type.String(),
  billing_cycle: Type.String(),
  current_period_end: Type.String(),
});
const Invoice = Type.Object({
  tenant_id: Type.String(),
  number: Type.Union([Type.String(), Type.Null()]),
  total: Type.Integer(),
  currency: Type.String(),
});
const usage = {
  tenant_id: Type.String(),
  meter: Type.String(),
  used: Type.Integer(),
  limit: Type.Integer(),
  period: Type.String(),
};

/** As the routes about them. */
export const BILLING_EVENT_ACCESS = {
  'subscription.created': READ,
  'subscription.updated': READ,
  'subscription.canceled': READ,
  'plan.changed': READ,
  'invoice.paid': READ,
  'invoice.failed': READ,
  'invoice.refunded': READ,
  'invoice.disputed': READ,
  'usage.threshold': USAGE,
  'usage.exceeded': USAGE,
};

export const BILLING_EVENTS = {
  'subscription.created': Subscription,
  'subscription.updated': Subscription,
  'subscription.canceled': Subscription,
  'plan.changed': Type.Object({
    tenant_id: Type.String(),
    from: Type.String(),
    to: Type.String(),
    billing_cycle: Type.String(),
  }),
  'invoice.paid': Invoice,
  'invoice.failed': Invoice,
  'invoice.refunded': Type.Object({ ...Invoice.properties, refunded: Type.Integer() }),
  'invoice.disputed': Type.Object({ ...Invoice.properties, amount: Type.Integer() }),
  'usage.threshold': Type.Object({ ...usage, percent: Type.Integer() }),
  'usage.exceeded': Type.Object(usage),
};
