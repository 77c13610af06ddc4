/** The last step of every way of signing in, and the principal that a signed-in user is. */
import type { Principal, Services } from '#core/plugin.ts';
import type { AuditLog } from '../audit/audit-log.ts';
import type { Accounts, Origin, User } from '../contract.ts';
import { authErrors } from '../errors.ts';
import type { People } from './people.ts';

export interface Admission extends Pick<Accounts, 'admit' | 'principalOf'> {
  /** Audits a try that failed by one of the factors; `user` is null where nobody is known by the name. */
  recordFailure(user: User | null, factor: string, origin: Origin): Promise<void>;
}

export function createAdmission(services: Services & { people: People; auditLog: AuditLog }): Admission {
  const { hooks, people, auditLog } = services;

  return { admit, principalOf, recordFailure };

  async function admit(user: User, method: string, origin: Origin): Promise<void> {
    const tenant = await people.tenantById(user.tenant_id);
    if (user.status !== 'active' || tenant?.status !== 'active') throw authErrors.account_suspended();
    const { ip, userAgent } = origin;
    await hooks.run('user.signingIn', { user, method, ip, userAgent }, async () => {});
    const actor = { kind: 'user', id: user.uuid, tenantId: tenant.uuid };
    await auditLog.record({ action: 'user.signed_in', actor, detail: { method }, ip, userAgent });
  }

  async function principalOf(userId: number): Promise<Principal | null> {
    const user = await people.userById(userId);
    if (user?.status !== 'active') return null;
    const tenant = await people.tenantById(user.tenant_id);
    if (tenant?.status !== 'active') return null;
    return {
      kind: 'user',
      id: user.uuid,
      userId: user.id,
      tenantId: tenant.uuid,
      roles: user.is_superadmin ? [user.role, 'superadmin'] : [user.role],
      scopes: null,
    };
  }

  /** The name as typed may be somebody's address, or a password in the wrong field: it is not kept. */
  async function recordFailure(user: User | null, factor: string, { ip, userAgent }: Origin): Promise<void> {
    const actor = user ? { kind: 'user', id: user.uuid, tenantId: null } : null;
    const detail = { factor, known: user !== null };
    await auditLog.record({ action: 'user.sign_in_failed', attempt: true, actor, ip, userAgent, detail });
  }
}
