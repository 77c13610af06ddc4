/**
 * Deferred usage: counts of what is too frequent for a write each: kept in memory, written once a second, and remembered as
 * the level by which the next ones are judged. A process that dies takes at most that second with it.
 */
import { messageOf, type Room, type UsageLevel } from '#core/kit.ts';
import type { Services } from '#core/plugin.ts';
import { monthOf, monthStart, nextMonthStart } from '../calendar.ts';
import type { EntitlementChanges } from '../entitlement-changes.ts';
import type { ErasedTenants } from '../erased-tenants.ts';
import { limitNameOf, limitOf, type MeterList, UNLIMITED } from '../meters.ts';
import type { Entitlement, Entitlements } from './entitlements.ts';
import { eraseLateUsage } from './erasure.ts';

export interface DeferredUsage {
  note(tenantId: string, meter: string, amount: number): void;
  /** Notes `taking` at the moment when there is room for it: of many who ask at once no more are let through than fit. */
  room(tenantId: string, meter: string, taking?: number): Room | Promise<Room>;
  /** Writes what was noted until now. */
  flush(): Promise<void>;
}

interface Counting {
  meters: MeterList;
  peek(tenantId: string, meter: string): Promise<UsageLevel>;
  /** Gives how much is used after it. */
  write(kind: 'note' | 'refused', tenantId: string, meter: string, amount: number, at: number): Promise<number>;
}

interface Noted {
  tenantId: string;
  meter: string;
  amount: number;
  month: string;
  /** When the first of them happened. */
  at: number;
}

/** Somebody who asks for room. */
interface Wish {
  key: string;
  tenantId: string;
  meter: string;
  limit: number;
  taking: number;
}

interface Level {
  used: number;
  at: number;
}

const FLUSH_MS = 1_000;
/** Longer than the time between two writes, so that who is busy is judged without a query. */
const TRUST_MS = 3_000;
/** More than this and the memory starts again. */
const MAX_REMEMBERED = 20_000;

export function createDeferredUsage(
  {
    db,
    clock,
    hooks,
    log,
    entitlements,
    entitlementChanges,
    erasedTenants,
  }: Services & {
    entitlements: Entitlements;
    entitlementChanges: EntitlementChanges;
    erasedTenants: ErasedTenants;
  },
  { meters, peek, write }: Counting,
): DeferredUsage {
  const limitNames = new Map(meters.all.map((meter) => [meter.name, limitNameOf(meter)]));
  const levels = new Map<string, Level>();
  const looks = new Map<string, Promise<Level>>();
  /** Refusals that were announced, by this process. */
  const told = new Set<string>();
  let pending = new Map<string, Noted>();
  let writing: Map<string, Noted> = new Map();
  let flushing: Promise<void> | null = null;
  let cancelTimer: (() => void) | null = null;
  let known = { month: '', start: 0, end: 0 };
  entitlementChanges.on(() => levels.clear());

  return { note, room, flush };

  function note(tenantId: string, meter: string, amount: number): void {
    const now = clock.now();
    const month = monthAt(now);
    const key = keyOf(tenantId, meter, month);
    const noted = pending.get(key);
    if (noted) noted.amount += amount;
    else pending.set(key, { tenantId, meter: meters.named(meter).name, amount, month, at: now });
    cancelTimer ??= clock.after(FLUSH_MS, () => void flush());
  }

  /** The month of that time: formatted once a month and not with every note. */
  function monthAt(time: number): string {
    if (time < known.start || time >= known.end) {
      known = { month: monthOf(time), start: monthStart(time), end: nextMonthStart(time) };
    }
    return known.month;
  }

  function room(tenantId: string, meter: string, taking = 0): Room | Promise<Room> {
    const known = entitlements.of(tenantId);
    return known instanceof Promise
      ? known.then((entitlement) => within(entitlement, meter, taking))
      : within(known, meter, taking);
  }

  function within({ tenantId, limits }: Entitlement, meter: string, taking: number): Room | Promise<Room> {
    const limit = limitOf(limits, limitNames.get(meter) ?? '');
    if (limit === UNLIMITED) return taken(tenantId, meter, taking, 'unlimited');
    const now = clock.now();
    const key = keyOf(tenantId, meter, monthAt(now));
    const level = levels.get(key);
    if (level && Math.abs(now - level.at) < TRUST_MS) return judged({ key, tenantId, meter, limit, taking }, level);
    return read(key, tenantId, meter).then((fresh) => judged({ key, tenantId, meter, limit, taking }, fresh));
  }

  function judged(wish: Wish, level: Level): Room | Promise<Room> {
    const { key, tenantId, meter, limit, taking } = wish;
    const used = level.used + (pending.get(key)?.amount ?? 0) + (writing.get(key)?.amount ?? 0);
    return used < limit ? taken(tenantId, meter, taking, 'left') : exceeded(wish, used);
  }

  function taken(tenantId: string, meter: string, taking: number, room: Room): Room {
    if (taking > 0) note(tenantId, meter, taking);
    return room;
  }

  /** As when a count is refused: hooks may let it pass, and it is announced once a month. */
  async function exceeded({ key, tenantId, meter, limit, taking }: Wish, used: number): Promise<Room> {
    const context = { tenantId, meter, amount: 1, used, limit, allow: false, trx: null };
    await hooks.run('usage.exceeding', context, async () => {});
    if (context.allow) return taken(tenantId, meter, taking, 'left');
    if (!told.has(key)) {
      await flush();
      await write('refused', tenantId, meter, 0, clock.now());
      if (told.size >= MAX_REMEMBERED) told.clear();
      told.add(key);
    }
    return 'none';
  }

  /** The level as the database has it; those who ask at once share the question. */
  function read(key: string, tenantId: string, meter: string): Promise<Level> {
    const under = looks.get(key);
    if (under) return under;
    const looking = peek(tenantId, meter)
      .then(({ used }) => remember(key, used))
      .finally(() => looks.delete(key));
    looks.set(key, looking);
    return looking;
  }

  function remember(key: string, used: number): Level {
    if (levels.size >= MAX_REMEMBERED) levels.clear();
    const level = { used, at: clock.now() };
    levels.set(key, level);
    return level;
  }

  async function flush(): Promise<void> {
    cancelTimer?.();
    cancelTimer = null;
    while (flushing) await flushing;
    if (pending.size === 0) return;
    flushing = writeAll().finally(() => {
      flushing = null;
    });
    await flushing;
  }

  async function writeAll(): Promise<void> {
    writing = pending;
    pending = new Map();
    const tenants = [...new Set([...writing.values()].map(({ tenantId }) => tenantId))];
    const erased = await erasedAmong(tenants);
    // All of them wait at one moment, and so share one transaction.
    await Promise.all([...writing].map(([key, noted]) => writeOne(key, noted, erased)));
    await removeErased(tenants);
  }

  async function writeOne(key: string, noted: Noted, erased: ReadonlySet<string>): Promise<void> {
    const { tenantId, meter, amount, at } = noted;
    if (!erased.has(tenantId)) {
      try {
        const used = await write('note', tenantId, meter, amount, at);
        if (levels.has(key)) remember(key, used);
      } catch (error) {
        log.warn(
          { tenant: tenantId, meter, reason: messageOf(error) },
          'Usage could not be written; it is tried again',
        );
        const later = pending.get(key);
        pending.set(key, { ...noted, amount: amount + (later?.amount ?? 0) });
        cancelTimer ??= clock.after(FLUSH_MS, () => void flush());
      }
    }
    writing.delete(key);
  }

  /** Nothing of who is gone comes back by what was noted just before; without a database nothing is written anyway. */
  async function erasedAmong(tenants: readonly string[]): Promise<ReadonlySet<string>> {
    return erasedTenants.among(db.read, tenants).catch(() => new Set<string>());
  }

  async function removeErased(tenants: readonly string[]): Promise<void> {
    await eraseLateUsage({ db, erasedTenants }, tenants).catch((error) => {
      log.warn({ reason: messageOf(error) }, 'It could not be seen whether usage of erased tenants was written');
    });
  }
}

/** With the month, so that what is written a moment after its end counts in it and not against the next. */
function keyOf(tenantId: string, meter: string, month: string): string {
  return `${tenantId} ${meter} ${month}`;
}
