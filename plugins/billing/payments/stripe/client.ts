/** The official SDK, loaded with the first call: who takes money another way never pays for it in memory or boot time. */
import type { Stripe } from 'stripe';
import { isAppError } from '#core/kit.ts';
import type { BillingConfig } from '../../config.ts';
import { billingErrors } from '../../errors.ts';

export type StripeConfig = NonNullable<BillingConfig['stripe']>;

/** For one try. The SDK tries again with the same idempotency key. */
const TIMEOUT_MS = 20_000;
const RETRIES = 2;

export function stripeClient({ secretKey, apiBase }: StripeConfig): () => Promise<Stripe> {
  let client: Promise<Stripe> | undefined;
  return () => {
    client ??= import('stripe').then(
      ({ Stripe }) =>
        new Stripe(secretKey, {
          timeout: TIMEOUT_MS,
          maxNetworkRetries: RETRIES,
          telemetry: false,
          ...(apiBase && hostOf(apiBase)),
        }),
    );
    return client;
  };
}

function hostOf(apiBase: string): { host: string; port: number; protocol: 'http' | 'https' } {
  const { hostname, port, protocol } = new URL(apiBase);
  const isPlain = protocol === 'http:';
  return { host: hostname, port: Number(port || (isPlain ? 80 : 443)), protocol: isPlain ? 'http' : 'https' };
}

/** A call whose failure the user is told about without its details, which stay in the log. */
export async function asked<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    // What was refused before it was asked.
    if (isAppError(error)) throw error;
    throw billingErrors.provider_failed({ cause: error });
  }
}

/** Stripe's word for what is not there. */
export function isMissing(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === 'resource_missing';
}

/** The customer that was named is not there: of the test mode, of another account, or deleted. */
export function isMissingCustomer(error: unknown): boolean {
  return isMissing(error) && (error as { param?: unknown }).param === 'customer';
}

/** The request was understood and refused, so trying again is of no use. */
export function isRefusal(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'type' in error && error.type === 'StripeInvalidRequestError';
}

/** The card or bank refused. */
export function isDeclined(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'type' in error && error.type === 'StripeCardError';
}
