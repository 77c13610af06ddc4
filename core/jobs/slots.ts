/** Slots (concurrency limits): how many jobs of each kind and lane run in this process, or are about to. */
import type { BoundJob } from './jobs.ts';

const DEFAULT_CONCURRENCY = 5;

export interface Slots {
  take(name: string, lane: string): void;
  giveBack(name: string, lane: string): void;
  /** How many of this kind may run at once. */
  all(type: BoundJob): number;
  /** How many of this kind run now. */
  taken(type: BoundJob): number;
  /** How many more of this kind may run now. */
  free(type: BoundJob): number;
  /** The same for one lane of it. */
  freeIn(type: BoundJob, lane: string): number;
}

export function createSlots(): Slots {
  const byName = new Map<string, number>();
  const byLane = new Map<string, number>();

  return {
    take: (name, lane) => change(name, lane, 1),
    giveBack: (name, lane) => change(name, lane, -1),
    all,
    taken,
    free,
    freeIn: (type, lane) =>
      Math.min(free(type), (type.perLane ?? Number.POSITIVE_INFINITY) - (byLane.get(laneKey(type.name, lane)) ?? 0)),
  };

  function all(type: BoundJob): number {
    return type.concurrency ?? DEFAULT_CONCURRENCY;
  }

  function taken(type: BoundJob): number {
    return byName.get(type.name) ?? 0;
  }

  function free(type: BoundJob): number {
    return all(type) - taken(type);
  }

  function change(name: string, lane: string, by: number): void {
    count(byName, name, by);
    if (lane !== '') count(byLane, laneKey(name, lane), by);
  }
}

function laneKey(name: string, lane: string): string {
  return `${name}\n${lane}`;
}

function count(counts: Map<string, number>, key: string, change: number): void {
  const left = (counts.get(key) ?? 0) + change;
  if (left === 0) counts.delete(key);
  else counts.set(key, left);
}
