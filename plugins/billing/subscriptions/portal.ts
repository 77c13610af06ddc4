/** Where customers see and change how they pay: the provider's own page. */
import type { Services } from '#core/plugin.ts';
import type { PaymentProviders } from '../payments/providers.ts';
import type { CurrentPlans } from './current-plans.ts';

export interface Portal {
  /** Throws `no_customer`, `provider_failed`. */
  open(tenantId: string): Promise<{ portal_url: string }>;
}

export function createPortal({
  currentPlans,
  paymentProviders,
  coreConfig,
}: Services & { currentPlans: CurrentPlans; paymentProviders: PaymentProviders }): Portal {
  return {
    async open(tenantId) {
      const { subscription } = await currentPlans.of(tenantId);
      const provider = subscription?.provider_ref
        ? paymentProviders.named(subscription.provider)
        : paymentProviders.current();
      const { url } = await provider.portal({
        tenantId,
        customerRef: subscription?.customer_ref ?? null,
        returnUrl: `${coreConfig.http.publicUrl}/billing`,
      });
      return { portal_url: url };
    },
  };
}
