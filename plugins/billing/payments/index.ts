/** Payments: providers and what they tell, invoices, coupons. */
import Type from 'typebox';
import { definePart } from '#core/plugin.ts';
import { READ } from '../access.ts';
import type { BillingConfig } from '../config.ts';
import { THEIR_INVOICES } from './about-people.ts';
import { PAYMENT_ATTENTION } from './attention.ts';
import { erasePayments } from './erasure.ts';
import { paymentFunctions } from './functions.ts';
import { sendInvoiceMail } from './invoices.ts';
import { closeCheckout, endErased } from './jobs.ts';
import { pastPayments } from './past-events.ts';
import { couponRoutes } from './routes/coupons.ts';
import { invoiceRoutes } from './routes/invoices.ts';
import { webhookRoutes } from './routes/webhooks.ts';
import { type PaymentsScope, paymentPublicServices, paymentServices } from './services.ts';
import { paymentSettings } from './settings.ts';
import { paymentTables } from './tables.ts';
import { CouponView } from './views/coupons.ts';
import { InvoiceView } from './views/invoices.ts';

const Invoice = Type.Object({
  tenant_id: Type.String(),
  number: Type.Union([Type.String(), Type.Null()]),
  total: Type.Integer(),
  currency: Type.String(),
});

export const payments = definePart<PaymentsScope & { config: BillingConfig }>({
  name: 'payments',
  summary: 'Payment providers and what they tell, invoices, coupons',
  contents: { invoices: 'billing_invoices' },
  tables: paymentTables,
  services: paymentServices,
  publicServices: paymentPublicServices,
  schemas: {
    Coupon: CouponView,
    Invoice: InvoiceView,
    InvoiceCustomer: InvoiceView.properties.customer,
    InvoiceIssuer: InvoiceView.properties.issuer,
    InvoiceLine: InvoiceView.properties.lines.items,
  },
  routes: [...couponRoutes, ...invoiceRoutes, ...webhookRoutes],
  settings: [paymentSettings],
  functions: paymentFunctions,
  jobs: [sendInvoiceMail, endErased, closeCheckout],
  events: {
    'invoice.paid': Invoice,
    'invoice.failed': Invoice,
    'invoice.refunded': Type.Object({ ...Invoice.properties, refunded: Type.Integer() }),
    'invoice.disputed': Type.Object({ ...Invoice.properties, amount: Type.Integer() }),
  },
  eventAccess: {
    'invoice.paid': READ,
    'invoice.failed': READ,
    'invoice.refunded': READ,
    'invoice.disputed': READ,
  },
  lastEvents: { 'invoice.paid': pastPayments },
  attention: PAYMENT_ATTENTION,
  aboutPeople: [THEIR_INVOICES],
  start: async ({ erasedTenants }) => erasedTenants.with(erasePayments),
});
