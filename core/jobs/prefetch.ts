/**
 * Prefetch: jobs that are claimed before there is a slot for them. Where jobs take less time than a commit, it would be the
 * commits that they wait for; so a claim takes what the slots will have done in a moment, and what is not begun goes back.
 */
import type { Clock } from '../clock.ts';
import type { BoundJob, JobRow } from './jobs.ts';
import type { Slots } from './slots.ts';

/** What is claimed ahead is begun within about this time. */
const AHEAD_MS = 50;
const MOST_AHEAD = 400;
/** After it what is still not begun goes back: its slots are held up, and another replica may have some. */
const KEPT_MS = 1_000;
/** A kind is taken for slow until some tens of its jobs have been quick. */
const FIRST_GUESS_MS = 1_000;
const WEIGHT = 0.1;

export interface Ahead {
  /** Notes how long a job took. */
  took(type: BoundJob, ms: number): void;
  /** How many more of a kind than there are slots for may be claimed now. */
  room(type: BoundJob): number;
  /** Keeps what was claimed and has no place. */
  store(type: BoundJob, rows: readonly JobRow[]): void;
  /** Gives back those that are kept and have no try left after this one: for some time nothing is claimed ahead. */
  dropLastTries(type: BoundJob): void;
  /** The next one of a kind that was kept. */
  next(name: string): JobRow | undefined;
  /** How many of a kind are kept. */
  kept(name: string): number;
  /** Keys of all that are kept. */
  ids(): number[];
  /** Everything that is kept; it is kept no longer. */
  takeAll(): JobRow[];
}

export interface AheadOptions {
  clock: Clock;
  slots: Slots;
  /** Is given what was kept too long, or must not be kept. */
  giveBack(rows: readonly JobRow[]): void;
}

export function createAhead({ clock, slots, giveBack }: AheadOptions): Ahead {
  const durations = new Map<string, number>();
  const kept = new Map<string, JobRow[]>();
  /** Kinds of which last tries are due. */
  const paused = new Set<string>();

  return {
    took(type, ms) {
      const before = durations.get(type.name) ?? FIRST_GUESS_MS;
      durations.set(type.name, before + (ms - before) * WEIGHT);
    },
    room(type) {
      // The last try of a job must not be lost to the end of a process in which it was not begun.
      if (type.perLane !== undefined || type.maxAttempts === 1 || paused.has(type.name)) return 0;
      const inTime = Math.floor((AHEAD_MS / (durations.get(type.name) ?? FIRST_GUESS_MS)) * slots.all(type));
      return Math.max(0, Math.min(inTime, MOST_AHEAD) - (kept.get(type.name)?.length ?? 0));
    },
    store(type, rows) {
      if (rows.length === 0) return;
      kept.set(type.name, [...(kept.get(type.name) ?? []), ...rows]);
      clock.after(KEPT_MS, () => dropLate(type.name, new Set(rows)));
    },
    dropLastTries(type) {
      const rows = kept.get(type.name) ?? [];
      const last = rows.filter(isLastTry);
      if (last.length === 0) return;
      kept.set(
        type.name,
        rows.filter((row) => !isLastTry(row)),
      );
      paused.add(type.name);
      clock.after(KEPT_MS, () => paused.delete(type.name));
      giveBack(last);
    },
    next: (name) => kept.get(name)?.shift(),
    kept: (name) => kept.get(name)?.length ?? 0,
    ids: () => [...kept.values()].flatMap((rows) => rows.map(({ id }) => id)),
    takeAll() {
      const all = [...kept.values()].flat();
      kept.clear();
      return all;
    },
  };

  function dropLate(name: string, rows: ReadonlySet<JobRow>): void {
    const now = kept.get(name) ?? [];
    const late = now.filter((row) => rows.has(row));
    if (late.length === 0) return;
    durations.set(name, FIRST_GUESS_MS);
    kept.set(
      name,
      now.filter((row) => !rows.has(row)),
    );
    giveBack(late);
  }
}

function isLastTry({ attempts, max_attempts }: JobRow): boolean {
  return attempts >= max_attempts;
}
