/**
 * Bodies that are larger than usual. Each is held in memory several times over while it is parsed and stored, so there may be
 * so many bytes of them at one moment, for each tenant and in all. Who comes later waits, unread, behind those of their own;
 * and while somebody waits, whoever has room for a body and does not send it is cut off.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock } from '../clock.ts';
import { coreErrors } from '../errors.ts';

export interface LargeBodyLimits {
  perTenant: number;
  total: number;
}

/** Four files of the largest size for a tenant; in memory it is about twice of it. */
const LARGE_BODIES: LargeBodyLimits = { perTenant: 64 * 1024 * 1024, total: 256 * 1024 * 1024 };
/** While others wait, a body must come as fast as it would be whole in this time: half of what a request may take. */
const WHOLE_IN_MS = 60_000;
/** Nobody is slow before. */
const GRACE_MS = 5_000;
const LOOK_MS = 1_000;

interface Body {
  tenant: string;
  bytes: number;
  request: IncomingMessage;
  response: ServerResponse;
}

interface Holder {
  body: Body;
  /** By `clock.elapsed`. */
  since: number;
  /** Bytes of the connection before this body. */
  readBefore: number;
  cutOff(error: Error): void;
}

export interface LargeBodies {
  /**
   * Calls `read` when there is room for the body; the room is given back when the answer has been sent or the connection
   * has ended. Throws what `read` throws, `bad_request` when the connection ends before there is room, and
   * `request_timeout` when the body is slow while others wait.
   */
  read<T>(body: Body, read: () => Promise<T>): Promise<T>;
}

export function createLargeBodies(clock: Clock, { perTenant, total } = LARGE_BODIES): LargeBodies {
  const held = new Map<string, number>();
  const holders = new Set<Holder>();
  const waiting = new Set<{ body: Body; begin(): void }>();
  let all = 0;
  let isLooking = false;

  return {
    async read(body, read) {
      const { cutOff } = fits(body) ? hold(body) : await inTurn(body);
      return Promise.race([read(), cutOff]);
    },
  };

  async function inTurn(body: Body): Promise<{ cutOff: Promise<never> }> {
    const { promise, resolve, reject } = Promise.withResolvers<{ cutOff: Promise<never> }>();
    const one = { body, begin: () => resolve(hold(body)) };
    const giveUp = (): void => {
      waiting.delete(one);
      reject(coreErrors.bad_request({ message: 'The body ended early' }));
    };
    waiting.add(one);
    check();
    body.response.once('close', giveUp);
    return promise.finally(() => body.response.off('close', giveUp));
  }

  /** One that is larger than all that is allowed comes alone. */
  function fits({ tenant, bytes }: Body): boolean {
    const own = held.get(tenant) ?? 0;
    return (own === 0 || own + bytes <= perTenant) && (all === 0 || all + bytes <= total);
  }

  function hold(body: Body): { cutOff: Promise<never> } {
    const { promise: cutOff, reject } = Promise.withResolvers<never>();
    const { bytesRead } = body.request.socket;
    const holder = { body, since: clock.elapsed(), readBefore: bytesRead, cutOff: reject };
    holders.add(holder);
    add(body.tenant, body.bytes);
    body.response.once('close', () => {
      holders.delete(holder);
      add(body.tenant, -body.bytes);
      for (const one of waiting) {
        if (!fits(one.body)) continue;
        waiting.delete(one);
        one.begin();
      }
    });
    return { cutOff };
  }

  function add(tenant: string, bytes: number): void {
    all += bytes;
    const own = (held.get(tenant) ?? 0) + bytes;
    if (own > 0) held.set(tenant, own);
    else held.delete(tenant);
  }

  /** Again and again, for as long as somebody waits. */
  function check(): void {
    if (isLooking) return;
    isLooking = true;
    clock.after(LOOK_MS, () => {
      isLooking = false;
      if (waiting.size === 0) return;
      for (const holder of holders) {
        if (isSlow(holder)) holder.cutOff(coreErrors.request_timeout({ headers: { connection: 'close' } }));
      }
      check();
    });
  }

  function isSlow({ body: { request, bytes }, since, readBefore }: Holder): boolean {
    const heldMs = clock.elapsed() - since;
    if (request.complete || heldMs < GRACE_MS) return false;
    return request.socket.bytesRead - readBefore < bytes * (heldMs / WHOLE_IN_MS);
  }
}

/** What a body will be, as far as it says so; else as large as it may be. */
export function sizeOf({ headers }: IncomingMessage, limitBytes: number): number {
  const size = Number(headers['content-length']);
  return Number.isFinite(size) && size >= 0 ? size : limitBytes;
}
