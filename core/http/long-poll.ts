/** Long polling: a request that waits for something; it ends with its connection, and with the credentials of its caller. */
import type Koa from 'koa';
import { coreErrors } from '../errors.ts';
import { callerOf } from './request-principal.ts';

/**
 * Does what waits; `signal` tells it that nobody may have the answer any more. Throws `unauthenticated` when the
 * credentials ended meanwhile.
 */
export async function whileAllowed<T>(ctx: Koa.Context, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const gone = new AbortController();
  const hangUp = (): void => gone.abort();
  ctx.res.once('close', hangUp);
  try {
    return await ifStillAllowed(ctx, () => work(gone.signal), hangUp);
  } finally {
    ctx.res.off('close', hangUp);
  }
}

/** The same for work that goes on when nobody waits for it any more, and needs no signal, which is dear. */
export async function ifStillAllowed<T>(ctx: Koa.Context, work: () => Promise<T>, onEnd?: () => void): Promise<T> {
  const { connections, principal, ip, again } = callerOf(ctx);
  let isOver = false;
  const end = (): void => {
    isOver = true;
    onEnd?.();
  };
  const release = connections.open({ principal, ip, again, end }, 'request');
  try {
    const result = await work();
    if (isOver) throw coreErrors.unauthenticated({ headers: { 'www-authenticate': 'Bearer error="invalid_token"' } });
    return result;
  } finally {
    release();
  }
}
