/** The root token: a bearer with every right, off unless it is configured. */
import type { Credentials } from '#core/http/authentication.ts';
import type { Principal } from '#core/http/principal.ts';
import type { Services } from '#core/plugin.ts';
import { safeEqual } from '#core/security/tokens.ts';
import type { AuthConfig } from '../config.ts';

export interface RootAccess {
  principalOf(credentials: Credentials): Promise<Principal | null>;
}

const ROOT: Principal = {
  kind: 'root',
  id: '__root__',
  userId: 0,
  tenantId: null,
  roles: ['superadmin'],
  scopes: null,
};
/** Its use is audited once a minute for each address; every single use would drown the log. */
const AUDIT_STEP_MS = 60_000;
const MAX_ADDRESSES = 1_000;

export function createRootAccess({ config, clock, auditLog }: Services & { config: AuthConfig }): RootAccess {
  const { rootToken } = config;
  const lastAudit = new Map<string, number>();

  return {
    async principalOf(credentials) {
      if (rootToken === null) return null;
      const given = [credentials.bearer, credentials.header('x-admin-token'), credentials.query('admin_token')];
      if (!given.some((token) => token !== '' && safeEqual(token, rootToken))) return null;
      await audit(credentials);
      return ROOT;
    },
  };

  async function audit({ ip, userAgent, method, path }: Credentials): Promise<void> {
    const now = clock.now();
    if (now - (lastAudit.get(ip) ?? 0) < AUDIT_STEP_MS) return;
    if (lastAudit.size >= MAX_ADDRESSES) lastAudit.clear();
    lastAudit.set(ip, now);
    await auditLog.record({ action: 'root_token.used', actor: ROOT, ip, userAgent, detail: { method, path } });
  }
}
