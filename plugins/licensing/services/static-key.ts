/** The one key of the configuration, for scripts that were written against the older server. */
import { safeEqual } from '#core/kit.ts';
import type { Principal, Services } from '#core/plugin.ts';
import type { LicensingConfig } from '../config.ts';

export interface StaticKey {
  /** The principal of a request that carries it, else null. */
  principalOf(apiKey: string): Principal | null;
}

/** What the routes ask for beside the scope: this key reaches every licence, and nothing else. */
export const STATIC_KEY_ROLE = 'licensing';
const PRINCIPAL: Principal = {
  kind: 'apiKey',
  id: 'licensing-static-key',
  userId: null,
  tenantId: null,
  roles: [STATIC_KEY_ROLE],
  scopes: ['licenses:manage'],
};

export function createStaticKey({ config }: Services & { config: LicensingConfig }): StaticKey {
  return {
    principalOf: (apiKey) =>
      config.apiKey !== null && apiKey !== '' && safeEqual(apiKey, config.apiKey) ? PRINCIPAL : null,
  };
}
