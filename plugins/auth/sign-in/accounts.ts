/** Signing in with a password and, where there is one, the second factor; lockouts after wrong passwords. */
import type { RateLimit } from '#core/kit.ts';
import type { Services } from '#core/plugin.ts';
import type { Admission } from '../accounts/admission.ts';
import { normalName } from '../accounts/names.ts';
import type { People } from '../accounts/people.ts';
import type { UserRow } from '../accounts/tables.ts';
import type { Origin, Accounts as PublicAccounts, SignInAttempt } from '../contract.ts';
import { authErrors } from '../errors.ts';
import type { SecondFactor } from '../factors/second-factor.ts';

const FAILURES_OF_ACCOUNT: RateLimit = {
  name: 'auth.failures.account',
  points: 10,
  windowSeconds: 900,
  shared: 'closed',
};
const FAILURES_OF_ADDRESS: RateLimit = {
  name: 'auth.failures.address',
  points: 30,
  windowSeconds: 900,
  shared: 'closed',
};

/** With whole rows, which stay inside. */
export interface Accounts extends PublicAccounts {
  byId(id: number): Promise<UserRow | null>;
  byUuid(uuid: string): Promise<UserRow | null>;
  byIdentifier(identifier: string): Promise<UserRow | null>;
  signIn(attempt: SignInAttempt): Promise<UserRow>;
}

export function createAccounts(
  services: Services & { people: People; admission: Admission; secondFactor: SecondFactor },
): Accounts {
  const { people, admission, passwords, rateLimits, secondFactor } = services;

  return {
    byId: people.userById,
    byUuid: people.userByUuid,
    byIdentifier: people.userByIdentifier,
    signIn,
    provePassword,
    proveSecondFactor: secondFactor.prove,
    admit: admission.admit,
    principalOf: admission.principalOf,
  };

  async function signIn(attempt: SignInAttempt): Promise<UserRow> {
    const name = normalName(attempt.identifier);
    const user = await people.userByIdentifier(name);
    const proven = await provePassword(user, name, attempt.password, attempt);
    await secondFactor.prove(proven, attempt.otp, attempt);
    await admission.admit(proven, 'password', attempt);
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
      await admission.recordFailure(user, 'password', origin);
      throw authErrors.invalid_credentials();
    }
    await giveBack(key, origin.ip);
    return user;
  }

  async function giveBack(key: string, ip: string): Promise<void> {
    await rateLimits.giveBack(FAILURES_OF_ACCOUNT, key);
    await rateLimits.giveBack(FAILURES_OF_ADDRESS, ip);
  }
}

function keyOf(user: UserRow | null, name: string): string {
  return user ? `user:${user.id}` : `name:${name}`;
}
