/**
 * Checks an offline licence of Patchbay with what Node itself brings; copy it into your program.
 *
 *   import { verifyLicence } from './verify-licence.mjs';
 *   const { state, licence } = verifyLicence(file, { keys, deviceId, productId });
 *
 * `keys` is the `keys` array of GET /api/licenses/public-key: ship it with your program. `file` is what
 * POST /api/licenses/{id}/file answered. `productId` (`PROD-…`) is your product's, or give `tenantId`, which takes licences
 * of all your products; the server signs for all its tenants, so a file alone says nothing. Who runs the server may leave
 * both out. `state` is 'valid', 'grace' (ask for a new file soon) or throws.
 */
import { createPublicKey, verify } from 'node:crypto';

const TYPE = 'patchbay-licence+jwt';

export function verifyLicence(file, { keys, deviceId, productId, tenantId, version, now = Date.now() }) {
  const [header, payload, signature] = file.trim().split('.');
  if (!signature) throw new Error('This is not a licence file');
  const { alg, kid, typ } = readPart(header);
  // The algorithm is ours to say, never the file's (RFC 8725 §3.1).
  if (alg !== 'EdDSA' || typ !== TYPE) throw new Error('This is not a licence file');
  const key = keys.find((one) => one.kid === kid);
  if (!key) throw new Error('The licence file was signed with an unknown key');
  const { kty, crv, x } = key;
  const publicKey = createPublicKey({ key: { kty, crv, x }, format: 'jwk' });
  const signed = Buffer.from(`${header}.${payload}`);
  if (!verify(null, signed, publicKey, Buffer.from(signature, 'base64url'))) {
    throw new Error('The licence file was changed');
  }

  const claims = readPart(payload);
  if (!isOurs(claims.license, productId, tenantId)) throw new Error('The licence file is for another program');
  if (claims.device_id !== deviceId) throw new Error('The licence file belongs to another device');
  const seconds = Math.floor(now / 1000);
  // A clock that was set back would make an old file new again; some minutes are forgiven.
  if (claims.iat > seconds + 600) throw new Error('The clock of this machine is wrong');
  if (seconds >= claims.grace_until) throw new Error('The licence file has expired');
  const { max_version: last } = claims.license;
  if (last && version && isNewer(version, last)) throw new Error(`The licence is good up to version ${last}`);
  return { state: seconds < claims.exp ? 'valid' : 'grace', licence: claims.license };
}

function isOurs({ product_id, tenant_id, operator }, productId, tenantId) {
  if (!productId && !tenantId) return operator === true;
  return (!productId || product_id === productId) && (!tenantId || tenant_id === tenantId);
}

function readPart(part) {
  return JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
}

function isNewer(version, last) {
  const [a, b] = [version, last].map((text) => text.split(/[.+-]/).map(Number));
  for (let index = 0; index < Math.min(3, b.length); index++) {
    const difference = (a[index] || 0) - (b[index] || 0);
    if (difference !== 0) return difference > 0;
  }
  return false;
}

if (process.argv[1] === import.meta.filename) {
  const [, , file, keys, deviceId, productId] = process.argv;
  console.log(JSON.stringify(verifyLicence(file, { keys: JSON.parse(keys).keys, deviceId, productId })));
}
