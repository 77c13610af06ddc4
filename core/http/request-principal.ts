/** Who made the request of a context (its principal): for what stays open longer than its handler runs. */
import type Koa from 'koa';
import type { Connection, Connections } from './connections.ts';

export interface Caller extends Pick<Connection, 'principal' | 'ip' | 'again'> {
  connections: Connections;
  /** A reader that takes nothing for so long is disconnected. */
  unreadMs: number;
}

/** On the context itself: tables beside objects of each request cost every collection of garbage a look through them. */
const CALLER = Symbol('caller');

export function rememberCaller(ctx: Koa.Context, caller: Caller): void {
  ctx[CALLER] = caller;
}

/** Undefined for who was refused before it was known who calls. */
export function knownCallerOf(ctx: Koa.Context): Caller | undefined {
  return ctx[CALLER];
}

export function callerOf(ctx: Koa.Context): Caller {
  const caller = knownCallerOf(ctx);
  if (!caller) throw new Error('The caller of a request is known in its handler alone');
  return caller;
}
