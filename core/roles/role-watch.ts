/**
 * Whether all roles are had by some process. Who leaves one out asks the others every few seconds, and who hears that answers;
 * where every process does everything, nothing is sent.
 */
import { randomUUID } from 'node:crypto';
import type { Notices } from '../events/notices.ts';
import type { HealthReport } from '../health/health.ts';
import type { Logger } from '../observability/log.ts';
import { type ProcessRole, ROLES, rolesOfOthers } from './roles.ts';

export interface RoleWatch {
  /** Its name in `/health/ready`. */
  name: 'roles';
  /** Listens, and asks the others where this process leaves a role out. */
  start(): void;
  stop(): void;
  /** Roles that nobody has been heard of to have; null while it is too early to say, or nothing can be heard. */
  missing(): ProcessRole[] | null;
  /** Never `failing`: what this process does it does all the same. */
  health(): Promise<HealthReport>;
}

interface RoleNotice {
  process: string;
  roles: ProcessRole[];
  /** Wants to hear of the others. */
  asks: boolean;
}

export interface RoleWatchOptions {
  roles: readonly ProcessRole[];
  notices: Notices;
  log: Logger;
  /** Default: five seconds. */
  everyMs?: number;
}

const TOPIC = 'core.roles';
const EVERY_MS = 5_000;
/** Who has not been heard so many times is gone. */
const TIMES = 4;
const MOST_PROCESSES = 100;

export function createRoleWatch({ roles, notices, log, everyMs = EVERY_MS }: RoleWatchOptions): RoleWatch {
  const self = randomUUID();
  const others = new Map<string, { roles: ProcessRole[]; at: number }>();
  const asks = rolesOfOthers({ roles }).length > 0;
  let timer: NodeJS.Timeout | undefined;
  let unhear = (): void => {};
  let startedAt = Number.POSITIVE_INFINITY;
  let answeredAt = Number.NEGATIVE_INFINITY;
  let warnedOf = '';

  return { name: 'roles', start, stop, missing, health };

  function start(): void {
    unhear = notices.on(TOPIC, receive);
    if (!asks) return;
    startedAt = performance.now();
    announce();
    timer = setInterval(() => {
      announce();
      warn();
    }, everyMs);
    timer.unref();
  }

  function stop(): void {
    unhear();
    clearInterval(timer);
  }

  function announce(): void {
    notices.sendNow(TOPIC, { process: self, roles: [...roles], asks } satisfies RoleNotice);
  }

  function receive(payload: unknown): void {
    if (!isTold(payload) || payload.process === self) return;
    if (asks) {
      if (others.size >= MOST_PROCESSES) dropSilent();
      others.set(payload.process, { roles: payload.roles, at: performance.now() });
    }
    // Who asks tells by that; of many that ask, one answer is enough.
    if (asks || !payload.asks || performance.now() - answeredAt < everyMs / 2) return;
    answeredAt = performance.now();
    announce();
  }

  function missing(): ProcessRole[] | null {
    if (!asks) return [];
    if (!notices.isConnected() || performance.now() - startedAt < TIMES * everyMs) return null;
    dropSilent();
    const had = new Set([...roles, ...[...others.values()].flatMap((other) => other.roles)]);
    return ROLES.filter((role) => !had.has(role));
  }

  function dropSilent(): void {
    const since = performance.now() - TIMES * everyMs;
    for (const [process, { at }] of others) if (at < since) others.delete(process);
  }

  function warn(): void {
    const now = missing();
    if (now === null || `${now}` === warnedOf) return;
    warnedOf = `${now}`;
    if (now.length > 0) log.warn({ roles: now }, 'No process on this database has these roles: their work waits');
    else log.info('All roles are had by a process again');
  }

  async function health(): Promise<HealthReport> {
    return { ok: true, detail: { roles: [...roles], nobody_has: missing() } };
  }
}

function isTold(payload: unknown): payload is RoleNotice {
  const told = payload as Partial<RoleNotice> | null;
  return typeof told?.process === 'string' && Array.isArray(told.roles);
}
