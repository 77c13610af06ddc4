/** Sending codes to phones: into the log, or to a service by HTTP. */
import Type from 'typebox';
import { isAppError, type RateLimit } from '#core/kit.ts';
import { defineJob } from '#core/plugin.ts';
import { PHONE_CODE_MS, SEND_SMS } from './phone-codes.ts';
import type { SignInScope } from './services.ts';
import { callGateway } from './sms-gateway.ts';

const TRIES = 3;
const HOUR_SECONDS = 3600;
const TO_STRANGERS = 'strangers';

export const sendSms = defineJob({
  name: SEND_SMS,
  summary: 'Sends a code to a phone',
  /** The code is sealed for purpose `auth.sms`. */
  payload: Type.Object({ phone: Type.String(), code: Type.String() }),
  maxAttempts: TRIES,
  firstDelaysMs: [2_000, 10_000],
  timeoutMs: 15_000,
  async run({ phone, code: sealed }, { id }, scope) {
    const { db, clock, log, secrets, rateLimits, authSms: sms, registration } = scope as SignInScope;
    const sent = await db.read('auth_phone_codes').where({ phone }).first();
    if (!sent?.code_hash || clock.now() - sent.sent_at >= PHONE_CODE_MS) return;
    const isKnown = (await db.read('auth_users').where({ phone }).first('id')) !== undefined;
    if (!isKnown && registration.isClosed) return;
    if (!isKnown && !(await isWithinLimit(rateLimits, sms.strangersPerHour)))
      return log.warn('Phones without an account have asked for too many codes; they get none for now');
    const code = secrets.open('auth.sms', sealed).toString('utf8');
    if (sms.transport === 'log' || !sms.webhook) return log.info({ phone, code }, 'A code for a phone');
    const status = await callGateway(scope, sms.webhook.url, { phone, code, idempotencyKey: `auth.sendSms/${id}` });
    if (status >= 300) throw new Error(`The service for messages to phones answered ${status}`);
  },
});

async function isWithinLimit(rateLimits: SignInScope['rateLimits'], points: number): Promise<boolean> {
  const limit: RateLimit = { name: 'auth.sms.strangers', points, windowSeconds: HOUR_SECONDS, shared: 'closed' };
  try {
    await rateLimits.consume(limit, TO_STRANGERS);
    return true;
  } catch (error) {
    if (isAppError(error) && error.code === 'rate_limited') return false;
    throw error;
  }
}
