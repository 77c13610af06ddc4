/**
 * Codes for phones: six digits, good for five minutes and five tries, one a minute and ten a day for each phone, whoever
 * asks and whether anybody has it. Kept hashed. Table: auth_phone_codes.
 */
import { randomInt } from 'node:crypto';
import { CLOCK_TOLERANCE_MS, DAY_MS, safeEqual } from '#core/kit.ts';
import { coreErrors, type Services, type Transaction } from '#core/plugin.ts';
import type { AccountData } from '../account-data.ts';
import { erasePhoneCodes } from './erasure.ts';

export interface PhoneCodes {
  /** A new code, which takes the place of the one before. Throws `rate_limited`. */
  make(trx: Transaction, phone: string): Promise<string>;
  /** Counts a try, and says whether it was right; it is not used up by that. */
  isRight(trx: Transaction, phone: string, code: string): Promise<boolean>;
  /** The code is good for nothing any more. */
  consume(trx: Transaction, phone: string): Promise<void>;
}

export const PHONE_CODE_MS = 5 * 60_000;
/** The job that sends one. */
export const SEND_SMS = 'auth.sendSms';
const DIGITS = 6;
const MOST_TRIES = 5;
const PAUSE_MS = 60_000;
const MOST_A_DAY = 10;

export function createPhoneCodes({ clock, secrets, accountData }: Services & { accountData: AccountData }): PhoneCodes {
  accountData.add({ erase: erasePhoneCodes });

  return { make, isRight, consume };

  async function make(trx: Transaction, phone: string): Promise<string> {
    const now = clock.now();
    const begun = { sent_at: 0, expires_at: 0, day_began_at: now };
    await trx('auth_phone_codes')
      .insert({ phone, ...begun })
      .onConflict('phone')
      .ignore();
    const row = await trx('auth_phone_codes').where({ phone }).forUpdate().first();
    if (!row) throw coreErrors.unavailable();
    // A time that is yet to come was noted by a clock that was ahead, and holds nobody up.
    const sinceSent = now - row.sent_at;
    if (sinceSent > -CLOCK_TOLERANCE_MS && sinceSent < PAUSE_MS) throw tooSoon(PAUSE_MS - sinceSent);
    const sinceBegun = now - row.day_began_at;
    const isNewDay = sinceBegun >= DAY_MS || sinceBegun < -CLOCK_TOLERANCE_MS;
    const sent = isNewDay ? 0 : row.sent_that_day;
    if (sent >= MOST_A_DAY) throw tooSoon(row.day_began_at + DAY_MS - now);
    const code = String(randomInt(10 ** DIGITS)).padStart(DIGITS, '0');
    await trx('auth_phone_codes')
      .where({ phone })
      .update({
        code_hash: hashOf(phone, code),
        sent_at: now,
        expires_at: now + PHONE_CODE_MS,
        tries: 0,
        sent_that_day: sent + 1,
        day_began_at: isNewDay ? now : row.day_began_at,
      });
    return code;
  }

  async function isRight(trx: Transaction, phone: string, code: string): Promise<boolean> {
    const row = await trx('auth_phone_codes').where({ phone }).forUpdate().first();
    if (
      !row?.code_hash ||
      row.expires_at <= clock.now() ||
      row.expires_at > clock.now() + PHONE_CODE_MS + CLOCK_TOLERANCE_MS ||
      row.tries >= MOST_TRIES
    )
      return false;
    await trx('auth_phone_codes').where({ phone }).increment('tries', 1);
    return safeEqual(row.code_hash, hashOf(phone, code));
  }

  async function consume(trx: Transaction, phone: string): Promise<void> {
    await trx('auth_phone_codes').where({ phone }).update({ code_hash: null });
  }

  /** With a key: a million codes would be tried in a moment by whoever has the table. */
  function hashOf(phone: string, code: string): string {
    return secrets.sign('auth.phoneCode', `${phone} ${code}`);
  }
}

function tooSoon(ms: number) {
  const seconds = Math.max(1, Math.ceil(ms / 1000));
  return coreErrors.rate_limited({
    message: 'A code was sent to this phone already; wait a little',
    headers: { 'retry-after': String(seconds) },
    extra: { retry_after: seconds },
  });
}
