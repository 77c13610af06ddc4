/** Verifying a code as the licence document has it. Public: the code and the e-mail address are the credentials. */
import Type from 'typebox';
import { isoSeconds } from '#core/kit.ts';
import { route } from '#core/plugin.ts';
import { callerOf } from '../devices/caller.ts';
import type { DevicesScope } from '../devices/services.ts';
import { plain, VendorFields, vendorOf } from '../devices/vendor.ts';
import type { VerifyOutcome } from '../devices/verification.ts';
import { licensingErrors } from '../errors.ts';
import type { UsedLicence } from '../licences/use.ts';
import type { Products } from '../products/products.ts';
import { MESSAGES, VERIFIED } from './dialect-messages.ts';

const EXAMPLE = {
  success: true,
  message: VERIFIED,
  code: 'SUCCESS',
  isValid: true,
  timestamp: '2026-01-25T12:00:00Z',
};
const Text = (maxLength: number) => Type.Optional(Type.Union([Type.String({ maxLength }), Type.Null()]));
function messageOf(code: VerifyOutcome['code']): string {
  return code === 'SUCCESS' ? VERIFIED : MESSAGES[code];
}

/** The default product's answer is the licence document's, to the byte; others say more. */
function hasMore({ product_id, entitlements, max_version }: UsedLicence): boolean {
  return product_id !== null || entitlements !== null || max_version !== null;
}

async function more(licence: UsedLicence, products: Products) {
  const { code, productId, entitlements, currentVersion } = await products.rulesOf(licence);
  return {
    product: code,
    productId,
    entitlements,
    currentVersion,
    maxVersion: licence.max_version,
    trial: licence.is_trial === 1,
    floating: licence.is_floating === 1,
  };
}

export const verifyRoutes = [
  route({
    method: 'POST',
    path: '/api/verify',
    operationId: 'verifyLicence',
    access: 'public',
    summary: 'Whether a code is valid for an e-mail address; registers the device',
    body: Type.Object(
      {
        activation_code: Type.Optional(Type.String({ maxLength: 100, writeOnly: true })),
        email: Text(320),
        device_id: Text(200),
        device_name: Text(200),
        ip_address: Text(64),
        version: Text(64),
        ...VendorFields,
      },
      { additionalProperties: true },
    ),
    responses: {
      200: Type.Object(
        {
          success: Type.Boolean(),
          message: Type.String(),
          code: Type.String(),
          isValid: Type.Boolean(),
          timestamp: Type.String(),
        },
        { additionalProperties: true, examples: [EXAMPLE] },
      ),
    },
    async handler({ body, ip, ctx }, { verification, products, licensingConfig, clock }: DevicesScope) {
      if (!body.activation_code?.trim()) throw licensingErrors.MISSING_LICENSE();
      if (!body.email?.trim()) throw licensingErrors.MISSING_EMAIL();
      const outcome = await verification.verify(
        {
          activationCode: body.activation_code,
          email: body.email,
          ...vendorOf(body),
          deviceId: plain(body.device_id),
          deviceName: plain(body.device_name),
          ipAddress: plain(body.ip_address) || ip,
          ...(body.version && { version: body.version }),
        },
        callerOf(ip, ctx, licensingConfig),
      );
      const { code } = outcome;
      const timestamp = isoSeconds(clock.now());
      if (!('licence' in outcome)) return { success: false, message: messageOf(code), code, isValid: false, timestamp };
      const { license_id: key, plan: type, valid_until } = outcome.licence;
      const expiresAt = isoSeconds(valid_until);
      const license = { key, type, expiresAt };
      return {
        success: true,
        message: messageOf(code),
        code,
        license,
        isValid: true,
        licenseType: type,
        expiresAt,
        ...(hasMore(outcome.licence) && (await more(outcome.licence, products))),
        timestamp,
      };
    },
  }),
];
