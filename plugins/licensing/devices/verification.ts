/** Verifying a code: what programs ask at every start of theirs. Tables: licensing_licences, licensing_devices. */
import type { Knex } from 'knex';
import coerce from 'semver/functions/coerce.js';
import { groupedReads, padded, placeholders, type RateLimit, rowsOf, safeEqual } from '#core/kit.ts';
import { defineBatch, type Services } from '#core/plugin.ts';
import type { AuthServices } from '#plugins/auth/contract.ts';
import { EVERY_TENANT, type Reach } from '../access.ts';
import { normalCode } from '../codes.ts';
import { licensingErrors } from '../errors.ts';
import { refusalOf, USED_COLUMNS, type UsedLicence } from '../licences/use.ts';
import type { AbuseDetection } from './abuse.ts';
import type { Caller } from './caller.ts';
import type { Devices, Registration } from './devices.ts';
import type { DeviceRow } from './tables.ts';
import type { Vendor } from './vendor.ts';

export interface Credentials extends Vendor {
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

export type VerifyOutcome = Registration | { code: 'VERSION_NOT_COVERED' };

export interface Verification {
  /** Throws `rate_limited` after too many failed tries of an address. */
  verify(request: VerifyRequest, caller: Caller): Promise<VerifyOutcome>;
  /**
   * The same for somebody who administers licences, about theirs: all others are unknown to them. Failed tries count for
   * who asks. Throws `rate_limited`.
   */
  verifyOwn(credentials: Credentials, reach: Reach, asker: string): Promise<VerifyOutcome>;
  /** The valid licence of a code and address; counts failed tries and devices as `verify` does. Throws what it refuses. */
  prove(credentials: Credentials, deviceId: string, caller: Caller): Promise<UsedLicence>;
}

export const FAILED_TRIES: RateLimit = { name: 'licensing.verify', points: 20, windowSeconds: 600, shared: 'closed' };
/** A tenant's workflows may ask for many customers, who mistype. */
const FAILED_TRIES_OF_ASKER: RateLimit = {
  name: 'licensing.verify.own',
  points: 100,
  windowSeconds: 600,
  shared: 'closed',
};
/** How a look-up names the platform, whose licences have no tenant. */
const PLATFORM = '';

interface Seen {
  id: number;
  ipAddress: string;
  seenFrom: string;
  at: number;
}

const LICENCE_COLUMNS = USED_COLUMNS.map((name) => `licence.${name}`).join(', ');
type Found = UsedLicence & {
  device_row: number | null;
  device_status: DeviceRow['status'] | null;
  device_ip: string | null;
  device_from: string | null;
};

/** Whose licences: two, since the operator's are those of the platform and those of the operator's tenant; or everybody's. */
type Issuers = readonly [string, string] | typeof EVERY_TENANT;

interface LookUp {
  code: string;
  deviceId: string;
  /** '' for any. */
  productId: string;
  tenants: Issuers;
}

export function createVerification({
  db,
  clock,
  rateLimits,
  devices,
  abuseDetection,
  operatorTenant,
}: Services & AuthServices & { devices: Devices; abuseDetection: AbuseDetection }): Verification {
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

  function verify(request: VerifyRequest, caller: Caller): Promise<VerifyOutcome> {
    return counted(FAILED_TRIES, caller.ip, async () => judge(request, await tenantsOf(request), caller));
  }

  function verifyOwn(credentials: Credentials, reach: Reach, asker: string): Promise<VerifyOutcome> {
    const request = { ...credentials, deviceId: '', deviceName: '', ipAddress: '' };
    const own = reach ?? PLATFORM;
    const tenants: Issuers = own === EVERY_TENANT ? EVERY_TENANT : [own, own];
    return counted(FAILED_TRIES_OF_ASKER, asker, () => judge(request, tenants, null));
  }

  /** Looked at again when the answer is known: of tries that come together no more are answered than one by one. */
  async function counted(limit: RateLimit, key: string, work: () => Promise<VerifyOutcome>): Promise<VerifyOutcome> {
    await rateLimits.check(limit, key);
    const outcome = await work();
    if (outcome.code === 'INVALID_LICENSE') await rateLimits.consume(limit, key);
    else await rateLimits.check(limit, key);
    return outcome;
  }

  /**
   * A licence opens the programs of who issued it, and nobody else's: anybody on this server may make licences. A product
   * is somebody's already.
   */
  async function tenantsOf({ productId, tenantId }: Vendor): Promise<Issuers> {
    if (productId && !tenantId) return EVERY_TENANT;
    const operator = await operatorTenant.id();
    if (tenantId && tenantId !== operator) return [tenantId, tenantId];
    return [PLATFORM, operator ?? PLATFORM];
  }

  async function prove(credentials: Credentials, deviceId: string, caller: Caller): Promise<UsedLicence> {
    // Without the device: it is registered by what the caller wants of the licence, or never.
    const outcome = await verify({ ...credentials, deviceId: '', deviceName: '', ipAddress: '' }, caller);
    if (outcome.code !== 'SUCCESS') throw licensingErrors[outcome.code]();
    await abuseDetection.observe(outcome.licence, { deviceId, address: caller.ip, country: caller.country });
    return outcome.licence;
  }

  async function judge(request: VerifyRequest, tenants: Issuers, caller: Caller | null): Promise<VerifyOutcome> {
    const { deviceId, productId = '' } = request;
    const candidates = await lookUp({ code: normalCode(request.activationCode), deviceId, productId, tenants });
    const email = request.email.trim().toLowerCase();
    // The same answer for all of these, so that nothing can be probed.
    const found = candidates.find((one) => safeEqual(one.email, email));
    if (!found) return { code: 'INVALID_LICENSE' };
    const refusal = refusalOf(found, clock.now());
    if (refusal) return { code: refusal };
    if (!covers(found, request.version)) return { code: 'VERSION_NOT_COVERED' };
    if (!request.deviceId) return { code: 'SUCCESS', licence: found };
    const seenFrom = caller ? `${caller.ip} ${caller.country}` : (found.device_from ?? '');
    // Who calls from where it always does is no news.
    if (caller && found.device_from !== seenFrom) {
      const { ip: address, country } = caller;
      await abuseDetection.observe(found, { deviceId: request.deviceId, address, country });
    }
    // The places of a floating licence are its leases.
    if (found.is_floating) return { code: 'SUCCESS', licence: found };
    if (found.device_status === 'deactivated') return { code: 'DEVICE_DEACTIVATED' };
    if (found.device_row !== null) {
      const ipAddress = request.ipAddress || (found.device_ip ?? '');
      await db.batch(seeing, { id: found.device_row, ipAddress, seenFrom, at: clock.now() });
      return { code: 'SUCCESS', licence: found };
    }
    return devices.register(found, { ...request, seenFrom });
  }

  /**
   * The licences with that code and, beside each, the device that asks: one query for all that ask at this moment. A code
   * is unique in a tenant, so the operator alone may have two of it.
   */
  async function lookUpMany(requests: readonly LookUp[]): Promise<Found[][]> {
    const wanted = padded(requests);
    const found = await db.read.raw(
      `with wanted (number, code, device_id, product_id, whose, tenant, other_tenant) as (values ${placeholders(wanted.length, 7)})
       select wanted.number as number, ${LICENCE_COLUMNS}, device.id as device_row, device.status as device_status,
         device.ip_address as device_ip, device.seen_from as device_from
       from wanted join licensing_licences licence on licence.code = wanted.code
         and (wanted.whose = 'anybody' or coalesce(licence.tenant_id, '') in (wanted.tenant, wanted.other_tenant))
       left join licensing_products product on product.id = licence.product_id
       left join licensing_devices device on device.licence_id = licence.id and device.device_id = wanted.device_id
       where wanted.product_id = '' or product.product_id = wanted.product_id`,
      wanted.flatMap(({ code, deviceId, productId, tenants }, index) => {
        // A column of its own: the names of tenants are sent by strangers, and none of them may mean all.
        const whose = tenants === EVERY_TENANT ? ['anybody', '', ''] : ['theirs', ...tenants];
        return [String(index), code, deviceId, productId, ...whose];
      }),
    );
    const byNumber = Map.groupBy(rowsOf<Found & { number: string }>(found), ({ number }) => Number(number));
    return requests.map((_, index) => byNumber.get(index) ?? []);
  }
}

function seenStatement(items: readonly Seen[]) {
  const latest = padded([...new Map(items.map((item) => [item.id, item])).values()]);
  const sql = `with seen (id, ip_address, seen_from, at) as (values ${placeholders(latest.length, 4)})
    update licensing_devices set last_seen_at = cast(seen.at as bigint), ip_address = seen.ip_address,
      seen_from = seen.seen_from
    from seen where licensing_devices.id = cast(seen.id as bigint)`;
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
  const asked = version === undefined ? null : coerce(version);
  if (!last || !asked) return true;
  for (const [index, part] of [asked.major, asked.minor, asked.patch].entries()) {
    const most = last[index + 1];
    if (most === undefined) return true;
    if (part !== Number(most)) return part < Number(most);
  }
  return true;
}
