/** Verifying a code: what programs ask at every start of theirs. Tables: licensing_licences, licensing_devices. */

import type { Knex } from 'knex';
import semver from 'semver';
import { groupedReads, padded } from '#core/database/grouped-reads.ts';
import { placeholders, rowsOf } from '#core/database/insert-many.ts';
import type { RateLimit } from '#core/http/route.ts';
import { defineBatch, type Services } from '#core/plugin.ts';
import { safeEqual } from '#core/security/tokens.ts';
import { licensingErrors } from '../errors.ts';
import type { DeviceRow, LicenceRow } from '../tables.ts';
import { normalCode } from './codes.ts';
import { isOver, type Scope } from './licence-rows.ts';

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
export type VerifyOutcome = { code: 'SUCCESS'; licence: UsedLicence } | { code: Refusal };

export interface Verification {
  /** Throws `rate_limited` after too many failed tries of an address. */
  verify(request: VerifyRequest, caller: Caller): Promise<VerifyOutcome>;
  /**
   * The same for somebody who administers licences, about theirs: all others are unknown to them. Failed tries count for
   * who asks. Throws `rate_limited`.
   */
  verifyOwn(credentials: Credentials, scope: Scope, asker: string): Promise<VerifyOutcome>;
  /** The valid licence of a code and address; counts failed tries and devices as `verify` does. Throws what it refuses. */
  prove(credentials: Credentials, deviceId: string, caller: Caller): Promise<UsedLicence>;
}

const FAILED_TRIES: RateLimit = { name: 'licensing.verify', points: 20, windowSeconds: 600 };
/** A tenant's workflows may ask for many customers, who mistype. */
const FAILED_TRIES_OF_ASKER: RateLimit = { name: 'licensing.verify.own', points: 100, windowSeconds: 600 };

interface Seen {
  id: number;
  ipAddress: string;
  seenFrom: string;
  at: number;
}

/** What a verification looks at: a row of all columns costs half as much again. */
const COLUMNS = [
  ...(['id', 'license_id', 'tenant_id', 'email', 'plan', 'device_cap', 'status', 'valid_until', 'product_id'] as const),
  ...(['is_trial', 'is_floating', 'replaces_oldest', 'entitlements', 'max_version'] as const),
];
const LICENCE_COLUMNS = COLUMNS.map((name) => `licence.${name}`).join(', ');
/** A licence as far as using it needs. */
export type UsedLicence = Pick<LicenceRow, (typeof COLUMNS)[number]>;

type Found = UsedLicence & {
  device_row: number | null;
  device_status: DeviceRow['status'] | null;
  device_ip: string | null;
  device_from: string | null;
};

export function createVerification({ db, clock, rateLimits, licenceDevices, licenceAbuse }: Services): Verification {
  /** All that were seen at this moment are one statement. */
  const seeing = defineBatch<Seen, void>({
    name: 'licensing.seen',
    async write(trx, items) {
      const { sql, bindings } = seenStatement(items);
      await trx.raw(sql, bindings as Knex.RawBinding[]);
      return items.map(() => undefined);
    },
    statement: seenStatement,
  });
  const lookUp = groupedReads(lookUpMany);

  return { verify, verifyOwn, prove };

  async function verify(request: VerifyRequest, caller: Caller): Promise<VerifyOutcome> {
    await rateLimits.check(FAILED_TRIES, caller.ip);
    const outcome = await judge(request, caller);
    if (outcome.code === 'INVALID_LICENSE') await rateLimits.consume(FAILED_TRIES, caller.ip);
    return outcome;
  }

  async function verifyOwn(credentials: Credentials, scope: Scope, asker: string): Promise<VerifyOutcome> {
    await rateLimits.check(FAILED_TRIES_OF_ASKER, asker);
    const request = { ...credentials, deviceId: '', deviceName: '', ipAddress: '' };
    const outcome = await judge(request, null, scope);
    if (outcome.code === 'INVALID_LICENSE') await rateLimits.consume(FAILED_TRIES_OF_ASKER, asker);
    return outcome;
  }

  async function prove(credentials: Credentials, deviceId: string, caller: Caller): Promise<UsedLicence> {
    // Without the device: it is registered by what the caller wants of the licence, or never.
    const outcome = await verify({ ...credentials, deviceId: '', deviceName: '', ipAddress: '' }, caller);
    if (outcome.code !== 'SUCCESS') throw licensingErrors[outcome.code]();
    await licenceAbuse.observe(outcome.licence, { deviceId, address: caller.ip, country: caller.country });
    return outcome.licence;
  }

  async function judge(request: VerifyRequest, caller: Caller | null, scope?: Scope): Promise<VerifyOutcome> {
    const found = await lookUp(request);
    // The same answer for all of these, so that nothing can be probed.
    const isTheirs = found !== undefined && safeEqual(found.email, request.email.trim().toLowerCase());
    const isOutside = scope !== undefined && found?.tenant_id !== scope;
    if (!found || !isTheirs || isOutside || found.status === 'revoked' || found.status === 'suspended') {
      return { code: 'INVALID_LICENSE' };
    }
    if (found.status === 'expired' || isOver(found, clock.now())) return { code: 'LICENSE_EXPIRED' };
    if (!covers(found, request.version)) return { code: 'VERSION_NOT_COVERED' };
    if (!request.deviceId) return { code: 'SUCCESS', licence: found };
    const seenFrom = caller ? `${caller.ip} ${caller.country}` : (found.device_from ?? '');
    // Who calls from where it always does is no news.
    if (caller && found.device_from !== seenFrom) {
      const { ip: address, country } = caller;
      await licenceAbuse.observe(found, { deviceId: request.deviceId, address, country });
    }
    // The places of a floating licence are its leases.
    if (found.is_floating) return { code: 'SUCCESS', licence: found };
    if (found.device_status === 'deactivated') return { code: 'DEVICE_DEACTIVATED' };
    if (found.device_row !== null) {
      const ipAddress = request.ipAddress || (found.device_ip ?? '');
      await db.batch(seeing, { id: found.device_row, ipAddress, seenFrom, at: clock.now() });
      return { code: 'SUCCESS', licence: found };
    }
    const isIn = await licenceDevices.register(found, { ...request, seenFrom });
    return isIn ? { code: 'SUCCESS', licence: found } : { code: 'DEVICE_LIMIT_EXCEEDED' };
  }

  /** Each licence and, beside it, the device that asks: one query for all that ask at this moment. */
  async function lookUpMany(requests: readonly VerifyRequest[]): Promise<(Found | undefined)[]> {
    const wanted = padded(requests);
    const found = await db.read.raw(
      `with wanted (number, code, device_id) as (values ${placeholders(wanted.length, 3)})
       select wanted.number as number, ${LICENCE_COLUMNS}, device.id as device_row, device.status as device_status,
         device.ip_address as device_ip, device.seen_from as device_from
       from wanted join licensing_licences licence on licence.code = wanted.code
       left join licensing_devices device on device.licence_id = licence.id and device.device_id = wanted.device_id`,
      wanted.flatMap(({ activationCode, deviceId }, index) => [String(index), normalCode(activationCode), deviceId]),
    );
    const byNumber = new Map(rowsOf<Found & { number: string }>(found).map((row) => [Number(row.number), row]));
    return requests.map((_, index) => byNumber.get(index));
  }
}

function seenStatement(items: readonly Seen[]) {
  const latest = padded([...new Map(items.map((item) => [item.id, item])).values()]);
  const sql = `with seen (id, ip_address, seen_from, at) as (values ${placeholders(latest.length, 4)})
    update licensing_devices set last_seen_at = cast(seen.at as bigint), ip_address = seen.ip_address,
      seen_from = seen.seen_from
    from seen where licensing_devices.id = cast(seen.id as integer)`;
  return {
    sql,
    bindings: latest.flatMap(({ id, ipAddress, seenFrom, at }) => [String(id), ipAddress, seenFrom, String(at)]),
  };
}

/**
 * What the last version does not name is open: 2 covers 2.9.1. A version that cannot be read is not judged: programs name
 * theirs as they like.
 */
function covers({ max_version }: UsedLicence, version: string | undefined): boolean {
  const last = /(\d+)(?:\.(\d+))?(?:\.(\d+))?/.exec(max_version ?? '');
  const asked = version === undefined ? null : semver.coerce(version);
  if (!last || !asked) return true;
  for (const [index, part] of [asked.major, asked.minor, asked.patch].entries()) {
    const most = last[index + 1];
    if (most === undefined) return true;
    if (part !== Number(most)) return part < Number(most);
  }
  return true;
}
