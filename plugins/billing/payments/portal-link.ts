/** Links to the manual provider's portal page: they carry the tenant, sealed, for an hour. */
import Type from 'typebox';
import { sealedLink } from '#core/kit.ts';
import type { Services } from '#core/plugin.ts';

const HOUR_MS = 3600_000;

export function portalLink(services: Pick<Services, 'secrets' | 'clock'>) {
  const content = Type.Object({ tenantId: Type.String() });
  return sealedLink(services, { purpose: 'billing.portal', content, validMs: HOUR_MS });
}
