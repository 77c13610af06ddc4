/** Offline licences: a compact JWS (RFC 7515, EdDSA of RFC 8037) that a program checks without asking anybody. */
import { SignJWT } from 'jose';
import type { Services } from '#core/plugin.ts';
import { licensingErrors } from '../errors.ts';
import { isOver } from './licence-rows.ts';
import { DAY_MS } from './licences.ts';
import type { UsedLicence } from './verification.ts';

export interface OfflineFile {
  file: string;
  kid: string;
  /** Milliseconds since the epoch; the file must be renewed before. */
  expiresAt: number;
  graceUntil: number;
}

export interface OfflineFiles {
  /**
   * For one device, which takes one of the places if it has none. It is good for the product's offline days and never
   * longer than the licence; then the grace days begin. Throws `INVALID_LICENSE`, `LICENSE_EXPIRED`,
   * `DEVICE_DEACTIVATED`, `DEVICE_LIMIT_EXCEEDED`.
   */
  sign(licence: UsedLicence, device: { deviceId: string; deviceName: string; ipAddress: string }): Promise<OfflineFile>;
}

export const FILE_TYPE = 'patchbay-licence+jwt';

export function createOfflineFiles({
  db,
  clock,
  coreConfig,
  licenceDevices,
  licensingProducts,
  licensingSigningKeys,
}: Services): OfflineFiles {
  return {
    async sign(licence, device) {
      const now = clock.now();
      if (licence.status === 'revoked' || licence.status === 'suspended') throw licensingErrors.INVALID_LICENSE();
      if (licence.status === 'expired' || isOver(licence, now)) throw licensingErrors.LICENSE_EXPIRED();
      const known = await db
        .read('licensing_devices')
        .where({ licence_id: licence.id, device_id: device.deviceId })
        .first('status');
      if (known?.status === 'deactivated') throw licensingErrors.DEVICE_DEACTIVATED();
      if (!known && !(await licenceDevices.register(licence, device))) throw licensingErrors.DEVICE_LIMIT_EXCEEDED();
      return signed(licence, device.deviceId, now);
    },
  };

  async function signed(licence: UsedLicence, deviceId: string, now: number): Promise<OfflineFile> {
    const rules = await licensingProducts.rulesOf(licence);
    const { kid, privateKey } = await licensingSigningKeys.current();
    const expiresAt = Math.min(now + rules.offlineDays * DAY_MS, licence.valid_until ?? Number.MAX_SAFE_INTEGER);
    const graceUntil = expiresAt + rules.graceDays * DAY_MS;
    const file = await new SignJWT({
      license: {
        license_id: licence.license_id,
        email: licence.email,
        plan: licence.plan,
        product: rules.code,
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
}

function seconds(ms: number | null): number | null {
  return ms === null ? null : Math.floor(ms / 1000);
}
