/**
 * Bodies that are larger than usual. Each is held in memory several times over while it is parsed and stored, so there may be
 * so many bytes of them at one moment, for each tenant and in all. Who comes later waits, unread, behind those of their own.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { coreErrors } from '../errors.ts';

export interface LargeBodyLimits {
  perTenant: number;
  total: number;
}

/** Four files of the largest size for a tenant; in memory it is about twice of it. */
export const LARGE_BODIES: LargeBodyLimits = { perTenant: 64 * 1024 * 1024, total: 256 * 1024 * 1024 };

interface Body {
  tenant: string;
  bytes: number;
}

export interface LargeBodies {
  /**
   * Resolves when there is room; it is given back when the answer has been sent or the connection has ended. Throws
   * `bad_request` when the connection ends before.
   */
  enter(body: Body, response: ServerResponse): Promise<void>;
}

export function createLargeBodies({ perTenant, total }: LargeBodyLimits = LARGE_BODIES): LargeBodies {
  const held = new Map<string, number>();
  const waiting = new Set<{ body: Body; begin(): void }>();
  let all = 0;

  return {
    async enter(body, response) {
      if (fits(body)) return hold(body, response);
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      const one = { body, begin: () => resolve(hold(body, response)) };
      const giveUp = (): void => {
        waiting.delete(one);
        reject(coreErrors.bad_request({ message: 'The body ended early' }));
      };
      waiting.add(one);
      response.once('close', giveUp);
      await promise.finally(() => response.off('close', giveUp));
    },
  };

  /** One that is larger than all that is allowed comes alone. */
  function fits({ tenant, bytes }: Body): boolean {
    const own = held.get(tenant) ?? 0;
    return (own === 0 || own + bytes <= perTenant) && (all === 0 || all + bytes <= total);
  }

  function hold(body: Body, response: ServerResponse): void {
    add(body.tenant, body.bytes);
    response.once('close', () => {
      add(body.tenant, -body.bytes);
      for (const one of waiting) {
        if (!fits(one.body)) continue;
        waiting.delete(one);
        one.begin();
      }
    });
  }

  function add(tenant: string, bytes: number): void {
    all += bytes;
    const own = (held.get(tenant) ?? 0) + bytes;
    if (own > 0) held.set(tenant, own);
    else held.delete(tenant);
  }
}

/** What a body will be, as far as it says so; else as large as it may be. */
export function sizeOf({ headers }: IncomingMessage, limitBytes: number): number {
  const size = Number(headers['content-length']);
  return Number.isFinite(size) && size >= 0 ? size : limitBytes;
}
