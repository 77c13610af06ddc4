/** How the services of payments are made. */
import type { ServicesOf } from '#core/plugin.ts';
import type { BillingGround } from '../services.ts';
import { createCoupons } from './coupons.ts';
import { createInvoices } from './invoices.ts';
import { createOrphanedCharges } from './orphaned-charges.ts';
import { createProviderEvents } from './provider-events.ts';
import { createPaymentProviders } from './providers.ts';

export const paymentServices = {
  coupons: createCoupons,
  invoices: createInvoices,
  orphanedCharges: createOrphanedCharges,
  providerEvents: createProviderEvents,
};

export const paymentPublicServices = { paymentProviders: createPaymentProviders };

export interface PaymentsOwn extends ServicesOf<typeof paymentServices>, ServicesOf<typeof paymentPublicServices> {}

/** What this part sees. */
export interface PaymentsScope extends BillingGround, PaymentsOwn {}
