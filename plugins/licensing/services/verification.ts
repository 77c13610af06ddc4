/** Verifying a code: what programs ask at every start of theirs. Tables: licensing_licences, licensing_devices. */
import { placeholders } from '#core/database/insert-many.ts';
import type { RateLimit } from '#core/http/route.ts';
import { defineBatch, type Services } from '#core/plugin.ts';
import { safeEqual } from '#core/security/tokens.ts';
import type { LicenceRow } from '../tables.ts';
import { normalCode } from './codes.ts';

export interface VerifyRequest {
  activationCode: string;
  email: string;
  deviceId: string;
  deviceName: string;
  ipAddress: string;
}

export type VerifyOutcome =
  | { code: 'SUCCESS'; licence: LicenceRow }
  | { code: 'INVALID_LICENSE' | 'LICENSE_EXPIRED' | 'DEVICE_LIMIT_EXCEEDED' | 'DEVICE_DEACTIVATED' };

export interface Verification {
  /** `ip` is the caller's. Throws `rate_limited` after too many failed tries of an address. */
  verify(request: VerifyRequest, ip: string): Promise<VerifyOutcome>;
  /** The same for callers of our own, whose tries nobody counts. */
  judge(request: VerifyRequest): Promise<VerifyOutcome>;
}

const FAILED_TRIES: RateLimit = { name: 'licensing.verify', points: 20, windowSeconds: 600 };

interface Seen {
  id: number;
  ipAddress: string;
  at: number;
}

export function createVerification({ db, clock, rateLimits, licenceDevices }: Services): Verification {
  /** All that were seen at this moment are one statement. */
  const seeing = defineBatch<Seen, void>({
    name: 'licensing.seen',
    async write(trx, items) {
      const latest = new Map(items.map((item) => [item.id, item]));
      const cells = [...latest.values()].flatMap(({ id, ipAddress, at }) => [String(id), ipAddress, String(at)]);
      await trx.raw(
        `with seen (id, ip_address, at) as (values ${placeholders(latest.size, 3)})
         update licensing_devices set last_seen_at = cast(seen.at as bigint), ip_address = seen.ip_address
         from seen where licensing_devices.id = cast(seen.id as integer)`,
        cells,
      );
      return items.map(() => undefined);
    },
  });

  return {
    judge,
    async verify(request, ip) {
      await rateLimits.check(FAILED_TRIES, ip);
      const outcome = await judge(request);
      if (outcome.code === 'INVALID_LICENSE') await rateLimits.consume(FAILED_TRIES, ip);
      return outcome;
    },
  };

  async function judge(request: VerifyRequest): Promise<VerifyOutcome> {
    const licence = await db
      .read('licensing_licences')
      .where({ code: normalCode(request.activationCode) })
      .first();
    // The same answer for all three, so that nothing can be probed.
    const isTheirs = licence !== undefined && safeEqual(licence.email, request.email.trim().toLowerCase());
    if (!licence || !isTheirs || licence.status === 'revoked') return { code: 'INVALID_LICENSE' };
    if (licence.status === 'expired' || (licence.valid_until !== null && licence.valid_until <= clock.now())) {
      return { code: 'LICENSE_EXPIRED' };
    }
    if (!request.deviceId) return { code: 'SUCCESS', licence };
    const device = await licenceDevices.known(licence.id, request.deviceId);
    if (device?.status === 'deactivated') return { code: 'DEVICE_DEACTIVATED' };
    if (device) {
      await db.batch(seeing, { id: device.id, ipAddress: request.ipAddress || device.ip_address, at: clock.now() });
      return { code: 'SUCCESS', licence };
    }
    const isIn = await licenceDevices.register(licence, request);
    return isIn ? { code: 'SUCCESS', licence } : { code: 'DEVICE_LIMIT_EXCEEDED' };
  }
}
