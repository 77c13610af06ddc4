/**
 * Round robin: the lanes of a kind of job that wait for their turn, next one first. There may be one for each tenant, so they are read
 * some at a time, around the circle of their names.
 */
import type { LaneShare } from './claims.ts';
import type { BoundJob } from './jobs.ts';
import type { Slots } from './slots.ts';

export interface Line {
  /** How so many jobs are shared among the lanes whose turn it is; none when nothing waits. */
  shares(wanted: number): Promise<LaneShare[]>;
  /** What was found of what `shares` gave, by lane: one that had all it might have had comes again. */
  served(shares: readonly LaneShare[], found: ReadonlyMap<string, number>): void;
  /** Other lanes may have got jobs. */
  grown(): void;
  /** Whether nothing waits, as far as is known. */
  isOver(): boolean;
}

/** Lanes read at once, beside those that may have no place left: where there are no more, they are read once. */
const READ_AT_ONCE = 1_000;

export interface LineOptions {
  type: BoundJob;
  slots: Slots;
  /** Lanes with jobs that are due, in order, after the one that is named. */
  read(after: string | null, limit: number): Promise<string[]>;
}

export function createLine({ type, slots, read }: LineOptions): Line {
  let waiting: string[] = [];
  /** Lanes that had no place left when it was their turn. */
  let full: string[] = [];
  let last: string | null = null;
  /** True when `waiting` and `full` name all lanes that there are, and all that there were when they were read. */
  let isWhole = false;
  let wasWhole = false;

  return {
    async shares(wanted) {
      waiting.push(...full.splice(0));
      const known = share(wanted);
      if (known.length > 0 || isWhole) return known;
      await readOn();
      return share(wanted);
    },
    served(shares, found) {
      for (const { lane, limit } of shares) {
        if (isWhole && found.get(lane) === limit) waiting.push(lane);
      }
    },
    grown() {
      isWhole = false;
    },
    isOver: () => isWhole && waiting.length === 0 && full.length === 0,
  };

  function share(wanted: number): LaneShare[] {
    const shares: LaneShare[] = [];
    for (let left = wanted; left > 0 && waiting.length > 0; ) {
      const lane = waiting.shift() ?? '';
      // Behind a part of all lanes stand others: each has one job, and the next one when its turn comes again.
      const limit = Math.min(wasWhole ? Math.ceil(left / (waiting.length + 1)) : 1, roomIn(lane));
      if (limit <= 0) full.push(lane);
      else shares.push({ lane, limit });
      left -= Math.max(0, limit);
    }
    return shares;
  }

  function roomIn(lane: string): number {
    return type.perLane === undefined ? Number.POSITIVE_INFINITY : slots.freeIn(type, lane);
  }

  async function readOn(): Promise<void> {
    const limit = READ_AT_ONCE + slots.taken(type);
    const found = await read(last, limit);
    const wrapped = last !== null && found.length < limit ? await read(null, limit - found.length) : [];
    const lanes = new Set([...found, ...wrapped]);
    wasWhole = lanes.size < limit;
    isWhole = wasWhole;
    last = isWhole ? null : ([...lanes].at(-1) ?? null);
    full = full.filter((lane) => lanes.delete(lane));
    waiting = [...lanes];
  }
}
