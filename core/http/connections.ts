/**
 * What stays open: event streams, sockets, requests that wait. Streams are bounded for each caller, each tenant and in all.
 * They end when their credentials do: on the notice that somebody's rights have changed, and by looking again from time to
 * time, which also sees what expires by itself.
 */

import type { Principal } from '../access/principal.ts';
import type { Clock } from '../clock.ts';
import { coreErrors, isAppError } from '../errors.ts';
import type { Notices } from '../events/notices.ts';
import type { Logger } from '../observability/log.ts';
import { addressGroup } from './client-ip.ts';

export interface Connection {
  /** Whose it is; null for nobody's. */
  principal: Principal | null;
  ip: string;
  /** Who the same credentials are at this moment. */
  again(): Promise<Principal | null>;
  /** Ends it, because its credentials are over. */
  end(): void;
}

/** `request`: one that waits for its answer. */
export type ConnectionKind = 'stream' | 'socket' | 'request';

export interface Connections {
  /** Watches over one; streams count for the limits. Gives what to call when it has ended. Throws `rate_limited`. */
  open(connection: Connection, kind: ConnectionKind): () => void;
  /** Streams that are open. */
  count(): number;
  /** Looks now at those that a change concerns, without one at all; for tests, and for who has changed rights without a notice. */
  recheck(change?: PrincipalsChange): Promise<void>;
  stop(): void;
}

export interface ConnectionLimits {
  perCaller: number;
  perTenant: number;
  total: number;
}

/**
 * Sent when somebody may do less than before: signed out, suspended, key revoked, roles changed. Its payload is a
 * `PrincipalsChange`.
 */
export const PRINCIPALS_CHANGED = 'principals.changed';
/** Whom a change concerns: a person, all of a tenant, or both; null when it may be anybody. */
export type PrincipalsChange = { userId?: number; tenantId?: string } | null;

/** Whether more than the rights of one person may have changed: what is remembered of a tenant is then asked again. */
export function concernsTenants(payload: unknown): boolean {
  return (payload as PrincipalsChange)?.userId === undefined || (payload as PrincipalsChange)?.tenantId !== undefined;
}

/** Expiry sends no notice. */
const LOOK_MS = 15_000;
const AT_ONCE = 20;
const RETRY_SECONDS = '30';

interface Services {
  clock: Clock;
  notices: Notices;
  log: Logger;
  limits: ConnectionLimits;
}

export function createConnections({ clock, notices, log, limits }: Services): Connections {
  const all = new Set<Connection>();
  const counts = new Map<string, number>();
  let streams = 0;
  let cancel: (() => void) | null = null;
  let looking: Promise<void> | null = null;
  let again: Promise<void> | null = null;
  let concerned = nobody();
  const unsubscribe = [
    notices.on(PRINCIPALS_CHANGED, (change) => void recheck(change as PrincipalsChange)),
    notices.onGap(() => void recheck()),
  ];

  return {
    open,
    recheck,
    count: () => streams,
    stop() {
      for (const fn of unsubscribe) fn();
      cancel?.();
      cancel = null;
    },
  };

  function open(connection: Connection, kind: ConnectionKind): () => void {
    const release = kind === 'stream' ? take(connection) : () => {};
    all.add(connection);
    plan();
    return () => {
      if (all.delete(connection)) release();
    };
  }

  function take({ principal, ip }: Connection): () => void {
    const places: [key: string, most: number][] = [[callerOf(principal, ip), limits.perCaller]];
    if (principal?.tenantId) places.push([`tenant ${principal.tenantId}`, limits.perTenant]);
    if (streams >= limits.total || places.some(([key, most]) => (counts.get(key) ?? 0) >= most)) {
      throw coreErrors.rate_limited({
        message: 'Too many streams are open; close one first',
        headers: { 'retry-after': RETRY_SECONDS },
      });
    }
    streams++;
    for (const [key] of places) counts.set(key, (counts.get(key) ?? 0) + 1);
    return () => {
      streams--;
      for (const [key] of places) {
        const left = (counts.get(key) ?? 1) - 1;
        if (left === 0) counts.delete(key);
        else counts.set(key, left);
      }
    };
  }

  function plan(): void {
    if (cancel || all.size === 0) return;
    cancel = clock.after(LOOK_MS, () => {
      cancel = null;
      void recheck().then(plan);
    });
  }

  /** One look at a time; what is asked for during one is another one after it, for all who ask. */
  function recheck(change: PrincipalsChange = null): Promise<void> {
    add(concerned, change);
    return recheckAll();
  }

  function recheckAll(): Promise<void> {
    if (!looking) {
      looking = checkAll().finally(() => {
        looking = null;
      });
      return looking;
    }
    again ??= looking.then(() => {
      again = null;
      return recheckAll();
    });
    return again;
  }

  async function checkAll(): Promise<void> {
    // Caches that hear of the same notice are cleared before it is asked who somebody is.
    await Promise.resolve();
    const now = concerned;
    concerned = nobody();
    const waiting = [...all].filter(({ principal }) => isConcerned(now, principal));
    while (waiting.length > 0) await Promise.all(waiting.splice(0, AT_ONCE).map(check));
  }

  async function check(connection: Connection): Promise<void> {
    try {
      if (isSame(connection.principal, await connection.again())) return;
    } catch (error) {
      if (!isAppError(error) || error.status >= 500) {
        // Nobody knows: the next look will.
        log.warn({ err: error }, 'It could not be seen whether a stream may go on');
        return;
      }
    }
    connection.end();
  }
}

/** Whom the changes since the last look concern. */
interface Concerned {
  isEverybody: boolean;
  users: Set<number>;
  tenants: Set<string>;
}

function nobody(): Concerned {
  return { isEverybody: false, users: new Set(), tenants: new Set() };
}

function add(concerned: Concerned, change: PrincipalsChange): void {
  if (change?.userId !== undefined) concerned.users.add(change.userId);
  if (change?.tenantId !== undefined) concerned.tenants.add(change.tenantId);
  if (change?.userId === undefined && change?.tenantId === undefined) concerned.isEverybody = true;
}

function isConcerned({ isEverybody, users, tenants }: Concerned, principal: Principal | null): boolean {
  if (isEverybody) return true;
  const { userId = null, tenantId = null } = principal ?? {};
  return (userId !== null && users.has(userId)) || (tenantId !== null && tenants.has(tenantId));
}

function callerOf(principal: Principal | null, ip: string): string {
  if (!principal) return `address ${addressGroup(ip)}`;
  return principal.userId ? `user ${principal.userId}` : `${principal.kind} ${principal.id}`;
}

/** Whoever has other rights than before opens it again, with those. */
function isSame(one: Principal | null, other: Principal | null): boolean {
  return JSON.stringify(rightsOf(one)) === JSON.stringify(rightsOf(other));
}

function rightsOf(principal: Principal | null) {
  if (!principal) return null;
  const { kind, id, userId, tenantId, roles, scopes, credentialId } = principal;
  return [kind, id, userId, tenantId, roles, scopes, credentialId ?? null];
}
