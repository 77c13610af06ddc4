/** The payment providers that are there, and the one that the configuration chooses. */
import type { Services } from '#core/plugin.ts';
import type { BillingConfig } from '../config.ts';
import type { PaymentProvider } from '../contract.ts';
import { billingErrors } from '../errors.ts';
import { createManualProvider } from './manual.ts';
import { createStripeProvider } from './stripe/provider.ts';

export interface PaymentProviders {
  /** Adds one; throws when the name is taken. */
  register(provider: PaymentProvider): void;
  /** The one of the configuration. */
  current(): PaymentProvider;
  /** Throws `unknown_provider`. */
  named(name: string): PaymentProvider;
  /** Of all that are there. */
  names(): string[];
  /** Whether some plugin brought it; without a name the one of the configuration. */
  isThere(name?: string): boolean;
  /** True when billing itself asks for each renewal. */
  isSelfRun(provider: PaymentProvider): boolean;
}

export function createPaymentProviders(services: Services & { config: BillingConfig }): PaymentProviders {
  const { config } = services;
  const byName = new Map<string, PaymentProvider>();
  register(createManualProvider(services));
  if (config.stripe) register(createStripeProvider(services, config.stripe));

  return {
    register,
    current: () => named(config.provider),
    named,
    names: () => [...byName.keys()],
    isThere: (name = config.provider) => byName.has(name),
    isSelfRun: ({ name }) => name === 'manual',
  };

  function register(provider: PaymentProvider): void {
    if (byName.has(provider.name)) throw new Error(`There are two payment providers called '${provider.name}'`);
    byName.set(provider.name, provider);
  }

  function named(name: string): PaymentProvider {
    const provider = byName.get(name);
    if (!provider) throw billingErrors.unknown_provider({ message: `There is no payment provider '${name}'` });
    return provider;
  }
}
