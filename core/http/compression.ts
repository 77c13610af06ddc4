/**
 * Answers that are sent compressed, where their route says so and the caller takes it. Not all of them: an answer that holds a
 * secret beside what somebody else may have put there tells the secret by its length (BREACH), so a route says it of its own.
 */
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import type Koa from 'koa';

/** Shorter ones fit into a packet or two. */
const WORTH_BYTES = 1_400;
/** Nearly as small as the best, in a millisecond for what pages ask for. */
const QUALITY = 5;

export function compress(ctx: Koa.Context): void {
  const { body } = ctx;
  if (typeof body !== 'string' || body.length < WORTH_BYTES) return;
  ctx.vary('accept-encoding');
  // Browsers name gzip first and mean no order by it.
  const encoding = ctx.acceptsEncodings('br') || ctx.acceptsEncodings('gzip');
  if (encoding !== 'br' && encoding !== 'gzip') return;
  ctx.set('content-encoding', encoding);
  ctx.body =
    encoding === 'br'
      ? brotliCompressSync(body, { params: { [constants.BROTLI_PARAM_QUALITY]: QUALITY } })
      : gzipSync(body);
}
