/** Links to the manual provider's portal page: they carry the tenant, sealed, for an hour. */
import type { Secrets } from '#core/security/secrets.ts';
import { billingErrors } from '../errors.ts';

const PURPOSE = 'billing.portal';
const VALID_MS = 3600_000;

export function portalToken(secrets: Secrets, tenantId: string, now: number): string {
  return secrets.seal(PURPOSE, JSON.stringify({ tenantId, until: now + VALID_MS }));
}

/** The tenant of a link. Throws `invalid_link`. */
export function tenantOfToken(secrets: Secrets, token: string, now: number): string {
  const { tenantId, until } = opened(secrets, token);
  if (typeof tenantId !== 'string' || Number(until) <= now) throw billingErrors.invalid_link();
  return tenantId;
}

function opened(secrets: Secrets, token: string): { tenantId?: unknown; until?: unknown } {
  try {
    return JSON.parse(secrets.open(PURPOSE, token).toString('utf8'));
  } catch {
    throw billingErrors.invalid_link();
  }
}
