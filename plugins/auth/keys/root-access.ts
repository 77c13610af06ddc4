/** The root token: a bearer with every right, off unless it is configured. */
import { type Credentials, comparedWith, type RateLimit } from '#core/kit.ts';
import type { Principal, Services } from '#core/plugin.ts';
import type { AuditLog } from '../audit/audit-log.ts';
import type { AuthConfig } from '../config.ts';

export interface RootAccess {
  /** Null at once for all that are not the root token. Throws `rate_limited`. */
  principalOf(credentials: Credentials): Promise<Principal> | null;
  /** Nobody knows these credentials: a token among them may have been a try. Null when there is none. Rejects with `rate_limited`. */
  refused(credentials: Credentials): Promise<void> | null;
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

/** Wrong tokens of one address; after them the right one is not judged there either. */
const WRONG_TOKENS: RateLimit = { name: 'auth.rootToken', points: 30, windowSeconds: 900, shared: 'closed' };

export function createRootAccess(services: Services & { auditLog: AuditLog; config: AuthConfig }): RootAccess {
  const { config, clock, rateLimits, auditLog } = services;
  const { rootToken } = config;
  const isRootToken = rootToken === null ? () => false : comparedWith(rootToken);
  const lastAudit = new Map<string, number>();

  return {
    principalOf(credentials) {
      return rootToken !== null && tokensOf(credentials).some(isRootToken) ? admitted(credentials) : null;
    },
    refused: (credentials) => (rootToken === null || tokensOf(credentials).length === 0 ? null : refused(credentials)),
  };

  async function refused(credentials: Credentials): Promise<void> {
    await audit('root_token.refused', credentials);
    await rateLimits.consume(WRONG_TOKENS, credentials.ip);
  }

  async function admitted(credentials: Credentials): Promise<Principal> {
    await rateLimits.check(WRONG_TOKENS, credentials.ip);
    await audit('root_token.used', credentials);
    return ROOT;
  }

  async function audit(action: 'root_token.used' | 'root_token.refused', credentials: Credentials): Promise<void> {
    const { ip, userAgent, method, path } = credentials;
    const now = clock.now();
    const key = `${action} ${ip}`;
    const since = now - (lastAudit.get(key) ?? 0);
    // A time that is yet to come was noted by a clock that was ahead.
    if (since >= 0 && since < AUDIT_STEP_MS) return;
    if (lastAudit.size >= MAX_ADDRESSES) lastAudit.clear();
    lastAudit.set(key, now);
    const isRight = action === 'root_token.used';
    const detail = { method, path: path.slice(0, 200) };
    await auditLog.record({ action, actor: isRight ? ROOT : null, attempt: !isRight, ip, userAgent, detail });
  }
}

/** In its three forms; those that are there. */
function tokensOf(credentials: Credentials): string[] {
  const given = [credentials.bearer, credentials.header('x-admin-token'), credentials.query('admin_token')];
  return given.filter((token) => token !== '');
}
