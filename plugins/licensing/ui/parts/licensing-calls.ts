/** Calls of a vendor's programs about one product or one licence. */

type Words = (key: string) => string;

/** A shop issues a licence of the product. */
export function productCalls(t: Words, { product_id }: { product_id: string }) {
  const body = { product: product_id, plan: 'yearly', email: 'customer@example.com' };
  return [
    { about: t('tryIt.issue'), method: 'POST', path: '/api/platform/licensing/licences', body, by: 'key' },
  ] as const;
}

interface LicenceOf {
  activation_code: string;
  email: string;
  /** Null: the platform's own. */
  tenant_id: string | null;
}

/** The program that was sold asks whether it may run; without the tenant it would ask for licences of whoever runs the server. */
export function licenceCalls(t: Words, { activation_code, email, tenant_id }: LicenceOf) {
  const body = { activation_code, email, ...(tenant_id !== null && { tenant_id }) };
  return [{ about: t('tryIt.verify'), method: 'POST', path: '/api/verify', body, by: 'nobody' }] as const;
}
