/** The service that brings texts to phones: one call of the webhook that the operator names. */
import type { Services } from '#core/plugin.ts';
import { smsText } from './sms-text.ts';

/** The status that it answers with. `idempotencyKey`: of a message that may be tried again. Throws an OutboundError. */
export async function callGateway(
  { outbound }: Services,
  url: string,
  { phone, code, idempotencyKey }: { phone: string; code: string; idempotencyKey?: string },
): Promise<number> {
  const { status } = await outbound.request(url, {
    trusted: url,
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(idempotencyKey && { 'idempotency-key': idempotencyKey }) },
    body: JSON.stringify({ phone, code, text: smsText(code) }),
    redirects: 0,
  });
  return status;
}
