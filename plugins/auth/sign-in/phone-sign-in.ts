/**
 * Signing in with a phone. A code goes to every number that is asked for, known or not, so the answer tells nothing; a
 * message that costs money is bounded for each phone, for each address that asks, and in all for numbers without an account.
 */
import { type RateLimit, timingSafeDelayMs } from '#core/kit.ts';
import type { Services, Transaction } from '#core/plugin.ts';
import type { Registration } from '../accounts/registration.ts';
import type { UserRow } from '../accounts/tables.ts';
import type { AuditLog } from '../audit/audit-log.ts';
import type { AuthConfig } from '../config.ts';
import type { Origin, PhoneAttempt, PhoneSession, PhoneSignIn } from '../contract.ts';
import { authErrors } from '../errors.ts';
import type { SecondFactor } from '../factors/second-factor.ts';
import type { Sessions } from '../sessions/sessions.ts';
import type { Accounts } from './accounts.ts';
import { PHONE_CODE_MS, type PhoneCodes, SEND_SMS } from './phone-codes.ts';

const HOUR_SECONDS = 3600;
const SENT_FOR_ADDRESS: readonly RateLimit[] = [
  { name: 'auth.sms.address.hour', points: 20, windowSeconds: HOUR_SECONDS, shared: 'closed' },
  { name: 'auth.sms.address.day', points: 60, windowSeconds: 24 * HOUR_SECONDS, shared: 'closed' },
];
const TRIES_OF_ADDRESS: RateLimit = { name: 'auth.sms.tries', points: 30, windowSeconds: 900, shared: 'closed' };

export function createPhoneSignIn(
  services: Services & {
    accounts: Accounts;
    auditLog: AuditLog;
    phoneCodes: PhoneCodes;
    registration: Registration;
    secondFactor: SecondFactor;
    sessions: Sessions;
    config: AuthConfig;
  },
): PhoneSignIn {
  const { db, clock, jobs, secrets, rateLimits, accounts, auditLog, config } = services;
  const { phoneCodes, registration, secondFactor, sessions } = services;

  return { sendCode, signIn };

  async function sendCode(given: string, origin: Origin): Promise<{ expiresIn: number }> {
    const phone = normalPhone(given);
    for (const limit of SENT_FOR_ADDRESS) await rateLimits.consume(limit, origin.ip);
    await db.transaction(async (trx) => {
      const code = await phoneCodes.make(trx, phone);
      const options = { lane: phone, runAt: clock.now() + timingSafeDelayMs() };
      await jobs.enqueue(trx, SEND_SMS, { phone, code: secrets.seal('auth.sms', code) }, options);
    });
    return { expiresIn: PHONE_CODE_MS / 1000 };
  }

  async function signIn(attempt: PhoneAttempt): Promise<PhoneSession> {
    const phone = normalPhone(attempt.phone);
    const origin = { ip: attempt.ip, userAgent: attempt.userAgent };
    await rateLimits.consume(TRIES_OF_ADDRESS, origin.ip);
    // What was tried stays counted, so nothing is thrown inside.
    const outcome = await db.transaction((trx) => proved(trx, phone, attempt, origin));
    if (outcome === 'wrong') {
      const detail = { factor: 'sms' };
      await auditLog.record({ action: 'user.sign_in_failed', attempt: true, actor: null, detail, ...origin });
      throw authErrors.invalid_phone_code();
    }
    await rateLimits.giveBack(TRIES_OF_ADDRESS, origin.ip);
    if (outcome === 'closed') throw authErrors.registration_closed();
    if (outcome === 'otp') throw authErrors.otp_required();
    await accounts.proveSecondFactor(outcome.user, attempt.otp, origin);
    await accounts.admit(outcome.user, 'sms', origin);
    const { access_token, refresh_token } = await sessions.open(outcome.user, 'sms', origin);
    const user = (await accounts.byId(outcome.user.id)) ?? outcome.user;
    return { user, accessToken: access_token, refreshToken: refresh_token };
  }

  async function proved(
    trx: Transaction,
    phone: string,
    { code, otp }: PhoneAttempt,
    origin: Origin,
  ): Promise<'wrong' | 'closed' | 'otp' | { user: UserRow }> {
    if (!(await phoneCodes.isRight(trx, phone, code))) return 'wrong';
    const known = await trx('auth_users').where({ phone }).first();
    // The code is good for the try that brings the second factor along.
    if (known && !otp && (await secondFactor.isOn(known.id, trx))) return 'otp';
    await phoneCodes.consume(trx, phone);
    if (known) return { user: known };
    if (config.registration === 'closed') return 'closed';
    return { user: await registration.create(trx, { phone, origin }) };
  }
}

/** Digits, with `+` where a country is named; numbers of mainland China in one spelling. Throws `invalid_phone`. */
function normalPhone(given: string): string {
  const bare = given.replace(/[\s().-]/g, '');
  const mainland = /^(?:\+|00)?86(1\d{10})$/.exec(bare);
  if (mainland?.[1]) return mainland[1];
  const phone = bare.replace(/^00/, '+');
  if (!/^\+?\d{5,15}$/.test(phone)) throw authErrors.invalid_phone();
  return phone;
}
