/** The second factor: TOTP (RFC 6238) with recovery codes. Tables: auth_totp, auth_recovery_codes. */
import { Secret, TOTP } from 'otpauth';
import { type RateLimit, randomFrom } from '#core/kit.ts';
import type { Services, Transaction } from '#core/plugin.ts';
import type { AccountData } from '../account-data.ts';
import type { Admission } from '../accounts/admission.ts';
import type { Origin, User } from '../contract.ts';
import { authErrors } from '../errors.ts';
import { revokeFactors } from './erasure.ts';

const PERIOD_SECONDS = 30;
/** One step early or late is accepted, for clocks that go wrong (RFC 6238 §5.2). */
const WINDOW = 1;
const RECOVERY_CODES = 10;
/** Without look-alikes; 10 characters are 49 bits, and tries are limited. */
const RECOVERY_ALPHABET = '23456789abcdefghjkmnpqrstvwxyz';
const TRIES: RateLimit = { name: 'auth.otp', points: 10, windowSeconds: 900, shared: 'closed' };

export interface SecondFactor {
  /** Inside a transaction: by it. */
  isOn(userId: number, trx?: Transaction): Promise<boolean>;
  /** Whether the code is right; a right one is used up. Throws `rate_limited`. */
  check(userId: number, code: string): Promise<boolean>;
  /** Asks for the code, where there is a second factor. Throws `otp_required`, `invalid_otp`, `rate_limited`. */
  prove(user: User, otp: string | undefined, origin: Origin): Promise<void>;
  /** A new secret, not yet in force. Throws `otp_on_already`. */
  begin(userId: number, label: string): Promise<{ secret: string; otpauth_url: string }>;
  /** Puts the secret in force; gives the recovery codes, this once. Throws `invalid_otp`. */
  confirm(userId: number, code: string): Promise<string[]>;
  /** Throws `invalid_otp`. */
  disable(userId: number, code: string): Promise<void>;
}

export function createSecondFactor(
  services: Services & { admission: Admission; accountData: AccountData },
): SecondFactor {
  const { db, clock, secrets, rateLimits, admission, accountData } = services;
  accountData.add({ revoke: revokeFactors });

  return { isOn, check, prove, begin, confirm, disable };

  async function isOn(userId: number, trx?: Transaction): Promise<boolean> {
    const row = await (trx ?? db.read)('auth_totp')
      .where({ user_id: userId })
      .whereNotNull('confirmed_at')
      .first('user_id');
    return row !== undefined;
  }

  /** Whether the code is right; uses it up, so that who looked over a shoulder gains nothing (RFC 6238 §5.2). */
  async function check(userId: number, code: string): Promise<boolean> {
    // Counted before it is judged: of codes that come together no more are judged than of others.
    await rateLimits.consume(TRIES, String(userId));
    const isRight = await db.transaction((trx) => use(trx, userId, code));
    if (isRight) await rateLimits.reset(TRIES, String(userId));
    return isRight;
  }

  async function prove(user: User, otp: string | undefined, origin: Origin): Promise<void> {
    if (!(await isOn(user.id))) return;
    if (!otp) throw authErrors.otp_required();
    if (await check(user.id, otp)) return;
    await admission.recordFailure(user, 'otp', origin);
    throw authErrors.invalid_otp();
  }

  async function use(trx: Transaction, userId: number, given: string): Promise<boolean> {
    const code = given.replace(/[\s-]/g, '').toLowerCase();
    if (/^\d{6}$/.test(code)) {
      const row = await trx('auth_totp').where({ user_id: userId }).whereNotNull('confirmed_at').first();
      const step = row ? stepOf(totp(openSecret(userId, row.secret)), code) : null;
      if (step === null) return false;
      const used = await trx('auth_totp')
        .where({ user_id: userId })
        .where('last_step', '<', step)
        .update({ last_step: step });
      return used === 1;
    }
    const used = await trx('auth_recovery_codes')
      .where({ user_id: userId, code_hash: recoveryHash(userId, code) })
      .whereNull('used_at')
      .update({ used_at: clock.now() });
    return used === 1;
  }

  async function begin(userId: number, label: string): Promise<{ secret: string; otpauth_url: string }> {
    const secret = new Secret({ size: 20 });
    const row = {
      user_id: userId,
      secret: secrets.seal('auth.totp', secret.base32, String(userId)),
      confirmed_at: null,
      last_step: 0,
    };
    const begun = await db
      .write('auth_totp')
      .insert(row)
      .onConflict('user_id')
      .merge()
      .whereNull('auth_totp.confirmed_at')
      .returning('user_id');
    if (begun.length === 0) throw authErrors.otp_on_already();
    return { secret: secret.base32, otpauth_url: totp(secret.base32, label).toString() };
  }

  async function confirm(userId: number, code: string): Promise<string[]> {
    const row = await db.read('auth_totp').where({ user_id: userId }).whereNull('confirmed_at').first();
    const step = row ? stepOf(totp(openSecret(userId, row.secret)), code.replace(/\s/g, '')) : null;
    if (step === null)
      throw authErrors.invalid_otp({ message: 'The code does not fit; check the clock of your device' });
    const codes = Array.from({ length: RECOVERY_CODES }, () => randomFrom(RECOVERY_ALPHABET, 10));
    await db.transaction(async (trx) => {
      const confirmed = await trx('auth_totp')
        .where({ user_id: userId, confirmed_at: null })
        .update({ confirmed_at: clock.now(), last_step: step });
      if (confirmed === 0) throw authErrors.otp_on_already();
      await trx('auth_recovery_codes').where({ user_id: userId }).delete();
      await trx('auth_recovery_codes').insert(
        codes.map((one) => ({ user_id: userId, code_hash: recoveryHash(userId, one) })),
      );
    });
    return codes.map((one) => `${one.slice(0, 5)}-${one.slice(5)}`);
  }

  async function disable(userId: number, code: string): Promise<void> {
    if (!(await check(userId, code))) throw authErrors.invalid_otp();
    await db.transaction(async (trx) => {
      await trx('auth_totp').where({ user_id: userId }).delete();
      await trx('auth_recovery_codes').where({ user_id: userId }).delete();
    });
  }

  function openSecret(userId: number, sealed: string): string {
    return secrets.open('auth.totp', sealed, String(userId)).toString('utf8');
  }

  /** Keyed, because 49 bits could be tried out by who has the database. */
  function recoveryHash(userId: number, code: string): string {
    return secrets.sign('auth.recovery', `${userId}:${code}`);
  }

  /** The time step that the code belongs to, null when it fits none that is near. */
  function stepOf(generator: TOTP, code: string): number | null {
    const timestamp = clock.now();
    const delta = generator.validate({ token: code, timestamp, window: WINDOW });
    return delta === null ? null : Math.floor(timestamp / 1000 / PERIOD_SECONDS) + delta;
  }
}

function totp(secret: string, label = 'account'): TOTP {
  return new TOTP({ issuer: 'Patchbay', label, secret: Secret.fromBase32(secret), period: PERIOD_SECONDS, digits: 6 });
}
