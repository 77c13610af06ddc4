/**
 * The last events, in the order in which every process heard them: where live readers stand, and from where one that comes
 * back goes on. Bounded by age, number and size, and kept in memory alone.
 */
import type { Clock } from '../clock.ts';
import type { CloudEvent } from './cloud-event.ts';

export interface LiveEntry {
  /** The same in every process. */
  id: string;
  /** Null for a mark: a place in the order at which nothing happened. */
  event: CloudEvent | null;
  /** The event as it goes out, made once for all readers. */
  json: string;
  at: number;
}

export interface LiveLog {
  append(id: string, event: CloudEvent | null): void;
  /** The entry at a position; undefined when none is there yet, or any more. */
  at(position: number): LiveEntry | undefined;
  /** The position behind the entry with this id; null when the log does not reach back to it, or never had it. */
  behind(id: string): number | null;
  /** Whether everything from this position on is there. */
  reaches(position: number): boolean;
  /** The position of the entry that comes next. */
  end(): number;
  /** The id that the end has; null when nothing came since the last break. */
  lastId(): string | null;
  /** Drops what is too old. */
  prune(): void;
  /** Forgets everything; every position from before is one that it does not reach. */
  break(): void;
  /** How many entries there are. */
  size(): number;
}

export interface LiveLogLimits {
  ageMs: number;
  entries: number;
  bytes: number;
}

export function createLiveLog(clock: Clock, limits: LiveLogLimits): LiveLog {
  let entries: LiveEntry[] = [];
  /** Entries at the front of the array that are dropped already: moving all at each would cost time. */
  let dropped = 0;
  /** Position of `entries[0]`. */
  let base = 0;
  let bytes = 0;
  /** The id of what came right before the first entry. */
  let floorId: string | null = null;
  const positions = new Map<string, number>();

  return {
    append(id, event) {
      const json = event === null ? '' : JSON.stringify(event);
      positions.set(id, base + entries.length);
      entries.push({ id, event, json, at: clock.now() });
      bytes += json.length;
      prune();
    },
    at: (position) => (position < first() ? undefined : entries[position - base]),
    behind(id) {
      if (id === floorId) return first();
      const position = positions.get(id);
      return position === undefined ? null : position + 1;
    },
    reaches: (position) => position >= first(),
    end,
    lastId: () => (entries.length > dropped ? (entries.at(-1)?.id ?? null) : floorId),
    prune,
    break() {
      // One place is left out, so that who has read everything stands before the break too.
      base = end() + 1;
      entries = [];
      dropped = 0;
      bytes = 0;
      floorId = null;
      positions.clear();
    },
    size: () => entries.length - dropped,
  };

  function first(): number {
    return base + dropped;
  }

  function end(): number {
    return base + entries.length;
  }

  function prune(): void {
    const oldest = clock.now() - limits.ageMs;
    for (let entry = entries[dropped]; entry; entry = entries[dropped]) {
      if (entry.at >= oldest && entries.length - dropped <= limits.entries && bytes <= limits.bytes) break;
      floorId = entry.id;
      bytes -= entry.json.length;
      positions.delete(entry.id);
      entry.json = '';
      entry.event = null;
      dropped++;
    }
    if (dropped <= 1000 && dropped < entries.length) return;
    entries = entries.slice(dropped);
    base += dropped;
    dropped = 0;
  }
}
