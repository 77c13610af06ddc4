/** Proving who somebody is by password and second factor, and what a signed-in person may do. */
import type { RateLimit } from '#core/kit.ts';
import type { Principal, Services } from '#core/plugin.ts';
import type { Origin, Accounts as PublicAccounts, SignInAttempt } from '../contract.ts';
import { authErrors } from '../errors.ts';
import type { UserRow } from '../tables.ts';
import type { AuditLog } from './audit-log.ts';
import { normalName } from './names.ts';
import type { People } from './people.ts';
import type { SecondFactor } from './second-factor.ts';

const FAILURES_OF_ACCOUNT: RateLimit = { name: 'auth.failures.account', points: 10, windowSeconds: 900 };
const FAILURES_OF_ADDRESS: RateLimit = { name: 'auth.failures.address', points: 30, windowSeconds: 900 };

/** With whole rows, which stay inside. */
export interface Accounts extends PublicAccounts {
  byId(id: number): Promise<UserRow | null>;
  byUuid(uuid: string): Promise<UserRow | null>;
  byIdentifier(identifier: string): Promise<UserRow | null>;
  signIn(attempt: SignInAttempt): Promise<UserRow>;
}

export function createAccounts(
  services: Services & { people: People; auditLog: AuditLog; secondFactor: SecondFactor },
): Accounts {
  const { people, passwords, rateLimits, hooks, auditLog, secondFactor } = services;

  return {
    byId: people.userById,
    byUuid: people.userByUuid,
    byIdentifier: people.userByIdentifier,
    signIn,
    provePassword,
    proveSecondFactor,
    admit,
    principalOf,
  };

  async function signIn(attempt: SignInAttempt): Promise<UserRow> {
    const name = normalName(attempt.identifier);
    const user = await people.userByIdentifier(name);
    const proven = await provePassword(user, name, attempt.password, attempt);
    await proveSecondFactor(proven, attempt.otp, attempt);
    await admit(proven, 'password', attempt);
    await rateLimits.reset(FAILURES_OF_ACCOUNT, keyOf(user, name));
    return proven;
  }

  /**
   * Each try is counted before the slow work, so that tries that come together are all counted, and given back when it
   * was right. Counted are the account, by whatever name it was called, and the address.
   */
  async function provePassword(user: UserRow | null, name: string, password: string, origin: Origin): Promise<UserRow> {
    const key = keyOf(user, name);
    await rateLimits.consume(FAILURES_OF_ADDRESS, origin.ip);
    // Who is refused for what others have tried has tried nothing.
    await rateLimits.consume(FAILURES_OF_ACCOUNT, key).catch(async (error) => {
      await rateLimits.giveBack(FAILURES_OF_ADDRESS, origin.ip);
      throw error;
    });
    const isRight = await passwords.verify(user?.password_hash ?? null, password).catch(async (error) => {
      await giveBack(key, origin.ip);
      throw error;
    });
    if (!user || !isRight) {
      await failed(user, 'password', origin);
      throw authErrors.invalid_credentials();
    }
    await giveBack(key, origin.ip);
    return user;
  }

  async function proveSecondFactor(user: UserRow, otp: string | undefined, origin: Origin): Promise<void> {
    if (!(await secondFactor.isOn(user.id))) return;
    if (!otp) throw authErrors.otp_required();
    if (await secondFactor.check(user.id, otp)) return;
    await failed(user, 'otp', origin);
    throw authErrors.invalid_otp();
  }

  async function giveBack(key: string, ip: string): Promise<void> {
    await rateLimits.giveBack(FAILURES_OF_ACCOUNT, key);
    await rateLimits.giveBack(FAILURES_OF_ADDRESS, ip);
  }

  /** The last door of every way of signing in: status, hooks, audit. */
  async function admit(user: UserRow, method: string, origin: Origin): Promise<void> {
    const tenant = await people.tenantById(user.tenant_id);
    if (user.status !== 'active' || tenant?.status !== 'active') throw authErrors.account_suspended();
    const { ip, userAgent } = origin;
    await hooks.run('user.signingIn', { user, method, ip, userAgent }, async () => {});
    const actor = { kind: 'user', id: user.uuid, tenantId: tenant.uuid };
    await auditLog.record({ action: 'user.signed_in', actor, detail: { method }, ip, userAgent });
  }

  /** The name as typed may be somebody's address, or a password in the wrong field: it is not kept. */
  async function failed(user: UserRow | null, factor: string, { ip, userAgent }: Origin): Promise<void> {
    const actor = user ? { kind: 'user', id: user.uuid, tenantId: null } : null;
    const detail = { factor, known: user !== null };
    await auditLog.record({ action: 'user.sign_in_failed', attempt: true, actor, ip, userAgent, detail });
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

function keyOf(user: UserRow | null, name: string): string {
  return user ? `user:${user.id}` : `name:${name}`;
}
