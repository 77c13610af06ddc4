/** How receivers know that a callback is ours: an HMAC of its bytes, as the WorkBot documents have it, and ours with the time. */
import { createHmac } from 'node:crypto';

/** The headers of a signed callback; `now` in ms, in the header in seconds. */
export function signatureHeaders(secret: string, body: Buffer, now: number): Record<string, string> {
  const timestamp = String(Math.floor(now / 1000));
  return {
    'x-signature': hmac(secret, body),
    'x-patchbay-timestamp': timestamp,
    'x-patchbay-signature': `sha256=${hmac(secret, Buffer.concat([Buffer.from(`${timestamp}.`), body]))}`,
  };
}

function hmac(secret: string, bytes: Buffer): string {
  return createHmac('sha256', secret).update(bytes).digest('hex');
}
