/** Proving who somebody is by password, and what a signed-in person may do. */
import type { Principal } from '#core/http/principal.ts';
import type { RateLimit } from '#core/http/route.ts';
import type { Services } from '#core/plugin.ts';
import type { Accounts, SignInAttempt } from '../contract.ts';
import { authErrors } from '../errors.ts';
import type { UserRow } from '../tables.ts';

const FAILURES_OF_ACCOUNT: RateLimit = { name: 'auth.failures.account', points: 10, windowSeconds: 900 };
const FAILURES_OF_ADDRESS: RateLimit = { name: 'auth.failures.address', points: 30, windowSeconds: 900 };

export function createAccounts(services: Services): Accounts {
  const { people, passwords, rateLimits, hooks, auditLog, secondFactor } = services;

  return {
    byId: people.userById,
    byUuid: people.userByUuid,
    byIdentifier: people.userByIdentifier,
    signIn,
    admit,
    principalOf,
  };

  async function signIn(attempt: SignInAttempt): Promise<UserRow> {
    const name = attempt.identifier.trim().toLowerCase();
    await rateLimits.check(FAILURES_OF_ACCOUNT, name);
    await rateLimits.check(FAILURES_OF_ADDRESS, attempt.ip);

    const user = await people.userByIdentifier(name);
    const isRight = await passwords.verify(user?.password_hash ?? null, attempt.password);
    if (!user || !isRight) {
      await failed(attempt, name, 'password', user);
      throw authErrors.invalid_credentials();
    }
    if (await secondFactor.isOn(user.id)) {
      if (!attempt.otp) throw authErrors.otp_required();
      if (!(await secondFactor.check(user.id, attempt.otp))) {
        await failed(attempt, name, 'otp', user);
        throw authErrors.invalid_otp();
      }
    }
    await admit(user, 'password', attempt);
    await rateLimits.reset(FAILURES_OF_ACCOUNT, name);
    return user;
  }

  /** The last door of every way of signing in: status, hooks, audit. */
  async function admit(user: UserRow, method: string, origin: { ip: string; userAgent: string }): Promise<void> {
    const tenant = await people.tenantById(user.tenant_id);
    if (user.status !== 'active' || tenant?.status !== 'active') throw authErrors.account_suspended();
    await hooks.run('user.signingIn', { user, method, ...origin }, async () => {});
    const actor = { kind: 'user', id: user.uuid, tenantId: tenant.uuid };
    await auditLog.record({ action: 'user.signed_in', actor, detail: { method }, ...origin });
  }

  async function failed(attempt: SignInAttempt, name: string, factor: string, user: UserRow | null): Promise<void> {
    const { ip, userAgent } = attempt;
    // The name as typed may be somebody's address, or a password in the wrong field: it is not kept.
    const actor = user ? { kind: 'user', id: user.uuid, tenantId: null } : null;
    await auditLog.record({
      action: 'user.sign_in_failed',
      attempt: true,
      actor,
      ip,
      userAgent,
      detail: { factor, known: user !== null },
    });
    // The limit is reached silently: the tries after it say so.
    await rateLimits.consume(FAILURES_OF_ACCOUNT, name).catch(() => {});
    await rateLimits.consume(FAILURES_OF_ADDRESS, ip).catch(() => {});
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
}
