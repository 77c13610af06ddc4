/** Long polling: a request that waits for something; it ends with its connection, and with the credentials of its caller. */
import type Koa from 'koa';
import { coreErrors } from '../errors.ts';
import { callerOf } from './request-principal.ts';

/**
 * Does what waits; `signal` tells it that nobody may have the answer any more. Throws `unauthenticated` when the
 * credentials ended meanwhile.
 */
export async function whileAllowed<T>(ctx: Koa.Context, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const { connections, principal, ip, again } = callerOf(ctx);
  const gone = new AbortController();
  let isOver = false;
  const end = (): void => {
    isOver = true;
    gone.abort();
  };
  const hangUp = (): void => gone.abort();
  const release = connections.open({ principal, ip, again, end }, 'request');
  ctx.res.once('close', hangUp);
  try {
    const result = await work(gone.signal);
    if (isOver) throw coreErrors.unauthenticated({ headers: { 'www-authenticate': 'Bearer error="invalid_token"' } });
    return result;
  } finally {
    ctx.res.off('close', hangUp);
    release();
  }
}
