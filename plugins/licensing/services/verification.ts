/** Verifying a code: what programs ask at every start of theirs. Tables: licensing_licences, licensing_devices. */
import semver from 'semver';
import { placeholders } from '#core/database/insert-many.ts';
import type { RateLimit } from '#core/http/route.ts';
import { defineBatch, type Services } from '#core/plugin.ts';
import { safeEqual } from '#core/security/tokens.ts';
import { licensingErrors } from '../errors.ts';
import type { DeviceRow, LicenceRow } from '../tables.ts';
import { normalCode } from './codes.ts';
import { isOver } from './licence-rows.ts';

export interface Credentials {
  activationCode: string;
  email: string;
}

export interface VerifyRequest extends Credentials {
  deviceId: string;
  deviceName: string;
  ipAddress: string;
  /** Of the program that asks, when it says. */
  version?: string;
}

export interface Caller {
  ip: string;
  /** '' when nobody says. */
  country: string;
}

export type Refusal =
  | 'INVALID_LICENSE'
  | 'LICENSE_EXPIRED'
  | 'VERSION_NOT_COVERED'
  | 'DEVICE_LIMIT_EXCEEDED'
  | 'DEVICE_DEACTIVATED';
export type VerifyOutcome = { code: 'SUCCESS'; licence: LicenceRow } | { code: Refusal };

export interface Verification {
  /** Throws `rate_limited` after too many failed tries of an address. */
  verify(request: VerifyRequest, caller: Caller): Promise<VerifyOutcome>;
  /** The same for callers of our own, whose tries nobody counts. */
  judge(request: VerifyRequest, caller: Caller | null): Promise<VerifyOutcome>;
  /** The valid licence of a code and address; counts failed tries as `verify` does. Throws what it refuses. */
  prove(credentials: Credentials, ip: string): Promise<LicenceRow>;
}

const FAILED_TRIES: RateLimit = { name: 'licensing.verify', points: 20, windowSeconds: 600 };

interface Seen {
  id: number;
  ipAddress: string;
  at: number;
}

type Found = LicenceRow & {
  device_row: number | null;
  device_status: DeviceRow['status'] | null;
  device_ip: string | null;
};

export function createVerification({ db, clock, rateLimits, licenceDevices, licenceAbuse }: Services): Verification {
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

  return { verify, judge, prove };

  async function verify(request: VerifyRequest, caller: Caller): Promise<VerifyOutcome> {
    await rateLimits.check(FAILED_TRIES, caller.ip);
    const outcome = await judge(request, caller);
    if (outcome.code === 'INVALID_LICENSE') await rateLimits.consume(FAILED_TRIES, caller.ip);
    return outcome;
  }

  async function prove(credentials: Credentials, ip: string): Promise<LicenceRow> {
    const outcome = await verify({ ...credentials, deviceId: '', deviceName: '', ipAddress: '' }, { ip, country: '' });
    if (outcome.code !== 'SUCCESS') throw licensingErrors[outcome.code]();
    return outcome.licence;
  }

  async function judge(request: VerifyRequest, caller: Caller | null): Promise<VerifyOutcome> {
    const found = await lookUp(request);
    // The same answer for all three, so that nothing can be probed.
    const isTheirs = found !== undefined && safeEqual(found.email, request.email.trim().toLowerCase());
    if (!found || !isTheirs || found.status === 'revoked' || found.status === 'suspended') {
      return { code: 'INVALID_LICENSE' };
    }
    if (found.status === 'expired' || isOver(found, clock.now())) return { code: 'LICENSE_EXPIRED' };
    if (!covers(found, request.version)) return { code: 'VERSION_NOT_COVERED' };
    if (!request.deviceId) return { code: 'SUCCESS', licence: found };
    if (caller) {
      const { ip: address, country } = caller;
      await licenceAbuse.observe(found, { deviceId: request.deviceId, address, country });
    }
    // The places of a floating licence are its leases.
    if (found.is_floating) return { code: 'SUCCESS', licence: found };
    if (found.device_status === 'deactivated') return { code: 'DEVICE_DEACTIVATED' };
    if (found.device_row !== null) {
      const ipAddress = request.ipAddress || (found.device_ip ?? '');
      await db.batch(seeing, { id: found.device_row, ipAddress, at: clock.now() });
      return { code: 'SUCCESS', licence: found };
    }
    const isIn = await licenceDevices.register(found, request);
    return isIn ? { code: 'SUCCESS', licence: found } : { code: 'DEVICE_LIMIT_EXCEEDED' };
  }

  /** The licence and, beside it, the device that asks: one query. */
  async function lookUp({ activationCode, deviceId }: VerifyRequest): Promise<Found | undefined> {
    return db
      .read('licensing_licences')
      .leftJoin('licensing_devices', (on) => {
        on.on('licensing_devices.licence_id', 'licensing_licences.id').andOnVal(
          'licensing_devices.device_id',
          deviceId,
        );
      })
      .where('licensing_licences.code', normalCode(activationCode))
      .first<Found>(
        'licensing_licences.*',
        'licensing_devices.id as device_row',
        'licensing_devices.status as device_status',
        'licensing_devices.ip_address as device_ip',
      );
  }
}

/** A version that cannot be read is not judged: programs name theirs as they like. */
function covers({ max_version }: LicenceRow, version: string | undefined): boolean {
  if (max_version === null || version === undefined) return true;
  const [last, asked] = [semver.coerce(max_version), semver.coerce(version)];
  return last === null || asked === null || semver.lte(asked, last);
}
