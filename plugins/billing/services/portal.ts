/** Where customers see and change how they pay: the provider's own page. */
import type { Services } from '#core/plugin.ts';
import type { Entitlements } from './entitlements.ts';
import type { PaymentProviders } from './payments/providers.ts';

export interface Portal {
  /** Throws `no_customer`, `provider_failed`. */
  open(tenantId: string): Promise<{ portal_url: string }>;
}

export function createPortal({
  entitlements,
  paymentProviders,
  coreConfig,
}: Services & { entitlements: Entitlements; paymentProviders: PaymentProviders }): Portal {
  return {
    async open(tenantId) {
      const { subscription } = await entitlements.fresh(tenantId);
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
