/**
 * Offline licences: a compact JWS (RFC 7515, EdDSA of RFC 8037) that a program checks without asking anybody.
 * Table: licensing_files.
 */
import type { KeyObject } from 'node:crypto';
import { DAY_MS, lazily } from '#core/kit.ts';
import type { Services, Transaction } from '#core/plugin.ts';
import type { AuthServices } from '#plugins/auth/contract.ts';
import { EVERY_TENANT } from '../access.ts';
import type { Devices, SeenDevice } from '../devices/devices.ts';
import type { FileRow } from '../devices/tables.ts';
import { licensingErrors } from '../errors.ts';
import { lockedLicence } from '../licences/licence-rows.ts';
import type { LicenceRow } from '../licences/tables.ts';
import { refusalOf, type UsedLicence } from '../licences/use.ts';
import type { ProductRules, Products } from '../products/products.ts';
import type { SigningKeys } from './signing-keys.ts';

const jose = lazily<typeof import('jose')>('jose', import.meta.url);

export interface OfflineFile {
  file: string;
  kid: string;
  /** Milliseconds since the epoch; the file must be renewed before. */
  expiresAt: number;
  graceUntil: number;
}

export interface OfflineFiles {
  /**
   * For one device, which takes one of the seats if it has none and keeps it until the file has run out. It is good for
   * the product's offline days and never longer than the licence; then the grace days begin. Throws `INVALID_LICENSE`,
   * `LICENSE_EXPIRED`, `DEVICE_DEACTIVATED`, `DEVICE_LIMIT_EXCEEDED`.
   */
  sign(licence: UsedLicence, device: SeenDevice): Promise<OfflineFile>;
  /** Removes files that work no more; gives how many. */
  removeOld(): Promise<number>;
}

const FILE_TYPE = 'patchbay-licence+jwt';

export function createOfflineFiles({
  db,
  clock,
  coreConfig,
  devices,
  products,
  signingKeys,
  operatorTenant,
}: Services &
  AuthServices & {
    devices: Devices;
    products: Products;
    signingKeys: SigningKeys;
  }): OfflineFiles {
  return { sign, removeOld };

  async function sign({ license_id }: UsedLicence, device: SeenDevice): Promise<OfflineFile> {
    const key = await signingKeys.current();
    const operator = await operatorTenant.id();
    const granted = await db.transaction(async (trx) => {
      const licence = await lockedLicence(trx, EVERY_TENANT, license_id);
      const now = clock.now();
      const refusal = refusalOf(licence, now) ?? (await devices.seat(trx, licence, device));
      if (refusal) throw licensingErrors[refusal]();
      const rules = await products.rulesOf(licence, trx);
      const expiresAt = Math.min(now + rules.offlineDays * DAY_MS, licence.valid_until ?? Number.MAX_SAFE_INTEGER);
      const graceUntil = expiresAt + rules.graceDays * DAY_MS;
      await store(trx, { licence_id: licence.id, device_id: device.deviceId, valid_until: graceUntil });
      return { licence, rules, now, expiresAt, graceUntil };
    });
    return signed(granted, device.deviceId, key, operator);
  }

  /** The one that works longest counts: an older file may, after the licence has become shorter. */
  async function store(trx: Transaction, file: FileRow): Promise<void> {
    const { licence_id, device_id } = file;
    const before = await trx('licensing_files').where({ licence_id, device_id }).first('valid_until');
    if (!before) await trx('licensing_files').insert(file);
    else if (before.valid_until < file.valid_until)
      await trx('licensing_files').where({ licence_id, device_id }).update({ valid_until: file.valid_until });
  }

  async function signed(
    { licence, rules, now, expiresAt, graceUntil }: Granted,
    deviceId: string,
    { kid, privateKey }: { kid: string; privateKey: KeyObject },
    operator: string | null,
  ): Promise<OfflineFile> {
    const file = await new (jose().SignJWT)({
      license: {
        license_id: licence.license_id,
        email: licence.email,
        plan: licence.plan,
        product: rules.code,
        product_id: rules.productId,
        tenant_id: licence.tenant_id,
        // What a program of the operator's looks for: anybody on this server may have files signed.
        operator: licence.tenant_id === null || licence.tenant_id === operator,
        entitlements: rules.entitlements,
        max_version: licence.max_version,
        trial: licence.is_trial === 1,
        valid_until: seconds(licence.valid_until),
      },
      device_id: deviceId,
      grace_until: seconds(graceUntil),
    })
      .setProtectedHeader({ alg: 'EdDSA', kid, typ: FILE_TYPE })
      .setIssuer(coreConfig.http.publicUrl)
      .setSubject(licence.license_id)
      .setIssuedAt(Math.floor(now / 1000))
      .setExpirationTime(Math.floor(expiresAt / 1000))
      .sign(privateKey);
    return { file, kid, expiresAt, graceUntil };
  }

  async function removeOld(): Promise<number> {
    return db.write('licensing_files').where('valid_until', '<=', clock.now()).delete();
  }
}

interface Granted {
  licence: LicenceRow;
  rules: ProductRules;
  now: number;
  expiresAt: number;
  graceUntil: number;
}

function seconds(ms: number | null): number | null {
  return ms === null ? null : Math.floor(ms / 1000);
}
