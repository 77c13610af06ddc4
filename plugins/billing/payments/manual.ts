/** The provider `manual`: a page says how to pay, an administrator confirms that the money came in. */
import { randomBytes } from 'node:crypto';
import type { Services } from '#core/plugin.ts';
import type { PaymentProvider } from '../contract.ts';
import { billingErrors } from '../errors.ts';
import { portalLink } from './portal-link.ts';

/** The id is in the address of a public page, so it must not be guessed. */
const ID_BYTES = 24;

export function createManualProvider({ coreConfig, clock, secrets }: Services): PaymentProvider {
  const { publicUrl } = coreConfig.http;
  return {
    name: 'manual',
    async checkout() {
      const sessionId = `cs_manual_${randomBytes(ID_BYTES).toString('base64url')}`;
      return { url: `${publicUrl}/billing/checkout/${sessionId}`, sessionId };
    },
    async portal({ tenantId }) {
      const token = portalLink({ secrets, clock }).seal({ tenantId });
      return { url: `${publicUrl}/billing/portal?token=${encodeURIComponent(token)}` };
    },
    cancel: async () => null,
    fetchSubscription: async () => null,
    async handleWebhook() {
      throw billingErrors.unknown_provider({ message: 'The provider manual has no webhooks' });
    },
  };
}
