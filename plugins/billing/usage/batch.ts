/**
 * The batch behind `usage.consume`: everything that waits at one moment is decided item by item, in the order it came,
 * against rows that are held until the commit, and written in a handful of statements however many items there are.
 */
import { type Database, defineBatch, type Transaction } from '#core/plugin.ts';
import { UNLIMITED } from '../meters.ts';
import {
  giveBackKeys,
  heldTallies,
  type Known,
  settleCalls,
  type Tally,
  takeKeys,
  tallyKey,
  type UsageItem,
  uniqueKey,
  writeTallies,
} from './rows.ts';

export interface UsageResult {
  accepted: boolean;
  used: number;
}

/** A share of a limit that was passed, or a refusal (`exceeded`): once in a month each. */
export interface Crossing {
  tenantId: string;
  meter: string;
  month: string;
  percent: number;
  exceeded: boolean;
  used: number;
  limit: number;
}

/** What is announced, highest first. Each has a bit of its own, since a large wish may be refused before 80 % are used. */
const SHARES = [
  { percent: 100, bits: 0b011, own: 0b010 },
  { percent: 80, bits: 0b001, own: 0b001 },
];
const REFUSED = 0b100;

/** More than this and the memory starts again. */
const MAX_KNOWN = 20_000;

export function usageBatch(
  db: Pick<Database, 'client' | 'soleWriter' | 'afterCommit'>,
  announce: (trx: Transaction, crossing: Crossing) => Promise<void>,
) {
  const known: Known = new Map();
  const batch = defineBatch<UsageItem, UsageResult>({
    name: 'billing.usage',
    async write(trx, items) {
      const { results, tallies } = await count(trx, items, known);
      if (db.soleWriter) db.afterCommit(trx, () => remember(known, tallies));
      return results;
    },
  });
  return { batch, within, invalidate: () => known.clear() };

  /** In a transaction of somebody else's, which may have counted before: its rows are read, and what is known is not. */
  async function within(trx: Transaction, item: UsageItem): Promise<UsageResult> {
    const drop = () => known.delete(tallyKey(item));
    drop();
    const { results } = await count(trx, [item], new Map());
    db.afterCommit(trx, drop);
    const [result] = results;
    if (!result) throw new Error('A count gave no result');
    return result;
  }

  async function count(trx: Transaction, items: readonly UsageItem[], known: Known) {
    const counted = await takeKeys(trx, items);
    const tallies = await heldTallies(trx, db, items, known);
    const crossings: Crossing[] = [];
    const refusedKeys: UsageItem[] = [];
    const earlier = new Map<string, boolean>();
    const results = items.map((item): UsageResult => {
      const tally = tallies.get(tallyKey(item));
      if (!tally) throw new Error('A usage row is missing');
      const key = item.idempotencyKey === null ? null : uniqueKey(item);
      if (key !== null) {
        const before = counted.has(key) ? earlier.get(key) : true;
        if (before !== undefined) return { accepted: before, used: tally.used };
      }
      const accepted = decide(tally, item, crossings);
      if (key !== null) {
        earlier.set(key, accepted);
        if (!accepted) refusedKeys.push(item);
      }
      return { accepted, used: tally.used };
    });
    await writeTallies(trx, [...tallies.values()]);
    await giveBackKeys(trx, refusedKeys);
    for (const { kind, tenantId, meter } of items) {
      if (kind === 'set') await settleCalls(trx, { tenant_id: tenantId, meter });
    }
    for (const crossing of crossings) await announce(trx, crossing);
    return { results, tallies };
  }
}

function remember(known: Known, tallies: ReadonlyMap<string, Tally>): void {
  if (known.size >= MAX_KNOWN) known.clear();
  for (const [key, { used, announced, announcedIn }] of tallies) known.set(key, { used, announced, announcedIn });
}

function decide(tally: Tally, item: UsageItem, crossings: Crossing[]): boolean {
  const { limit, month } = item;
  const announced = tally.announcedIn === month ? tally.announced : 0;
  const about = { tenantId: item.tenantId, meter: item.meter, month, limit };
  const isOver = item.kind === 'add' && limit !== UNLIMITED && tally.used + item.amount > limit;
  if (isOver || item.kind === 'refused') {
    if (!(announced & REFUSED)) {
      mark(tally, announced | REFUSED, item);
      crossings.push({ ...about, percent: 100, exceeded: true, used: tally.used });
    }
    return false;
  }
  const used =
    item.kind === 'set'
      ? item.amount
      : Math.max(0, tally.used + (item.kind === 'release' ? -item.amount : item.amount));
  const isGauge = item.period === 'now';
  // What is given back of a month is taken from the day on which that happens, which may have had less.
  const change = item.kind === 'release' ? used - tally.used : item.amount;
  tally.days.set(item.day, isGauge ? used : (tally.days.get(item.day) ?? 0) + change);
  tally.used = used;
  tally.isChanged = true;
  tally.at = item.now;
  if (limit > 0) {
    const passed = SHARES.find(({ percent }) => used * 100 >= limit * percent);
    if (passed && !(announced & passed.own)) {
      mark(tally, announced | passed.bits, item);
      crossings.push({ ...about, percent: passed.percent, exceeded: false, used });
    }
  }
  return true;
}

function mark(tally: Tally, announced: number, item: UsageItem): void {
  tally.announced = announced;
  tally.announcedIn = item.month;
  tally.isChanged = true;
  tally.at = item.now;
}
