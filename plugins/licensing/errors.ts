/** Everything that licensing refuses: the codes of the licence document, and its own. Its Chinese is in `dialect-messages.ts`. */
import { defineErrors } from '#core/plugin.ts';

export const licensingErrors = defineErrors({
  MISSING_LICENSE: [400, 'The activation code is missing'],
  MISSING_EMAIL: [400, 'The e-mail address is missing'],
  INVALID_LICENSE: [403, 'The activation code is unknown or not valid any more'],
  LICENSE_EXPIRED: [403, 'The licence has expired'],
  LICENCE_NOT_FOUND: [404, 'There is no such licence'],
  DEVICE_NOT_FOUND: [404, 'There is no such device'],
  DEVICE_DEACTIVATED: [403, 'This device was switched off'],
  DEVICE_LIMIT_EXCEEDED: [409, 'The licence has no place left for another device'],
  NOT_FLOATING: [409, 'This licence is not a floating one'],
  LEASE_NOT_FOUND: [404, 'There is no such lease, or it is over'],
  PRODUCT_NOT_FOUND: [404, 'There is no such product'],
  PRODUCT_EXISTS: [409, 'There is a product with this code'],
  TRIAL_NOT_OFFERED: [404, 'This product has no trial'],
  LINK_EXPIRED: [403, 'The link is not valid any more'],
  VERSION_NOT_COVERED: [403, 'The licence does not cover this version'],
  IMPORT_RUNNING: [429, 'Your other files are being imported; try again in a minute'],
  ISSUER_ENDED: [403, 'The organisation was suspended or deleted while its file was imported'],
  INVALID_CSV: [422, 'Nothing was imported: some lines are not right'],
  CUT_OFF: [499, 'Nobody took the rest of it'],
  REVOKED: [409, 'The licence was revoked'],
});
export type LicensingErrorCode = keyof typeof licensingErrors;
