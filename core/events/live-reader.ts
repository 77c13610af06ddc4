/**
 * One reader of the live log. It stands at a position of the log that all readers share, so that one who is slow costs no
 * memory of its own; whom the log has left behind is told.
 */
import type { CloudEvent } from './cloud-event.ts';
import type { LiveEntry, LiveLog } from './live-log.ts';

export interface LiveReaderOptions {
  /** The id of the last event that the reader has; null for one who begins now. */
  after: string | null;
  /** Asked of every event, so it is quick. */
  wants(event: CloudEvent): boolean;
  /** Whether the reader may see it; asked of what it wants. */
  isFor(event: CloudEvent): Promise<boolean>;
  /** Resolves when there is room for more. */
  pass(entry: LiveEntry): Promise<void>;
  /** What came before is read, or not for this reader: from this id on it can go on. */
  stands(id: string): void;
  /** Some may have been missed: they are not there any more, or nobody knows the id. Reading goes on from now. */
  reset(): void;
  /** Called once when the reader cannot be served; nothing is passed on after it. */
  failed(error: unknown): void;
}

export interface LiveReader {
  /** Looks whether there is something to read. */
  wake(): void;
  stop(): void;
}

/** A process that hears of an event later than another one does so within this time. */
const BEHIND_MS = 1_000;

/** `mayCome`: whether an id that the log does not have may be on its way. */
export function createLiveReader(
  log: LiveLog,
  options: LiveReaderOptions,
  mayCome: (id: string) => boolean,
): LiveReader {
  const { after } = options;
  let position = after === null ? log.end() : (log.behind(after) ?? -1);
  let isBusy = false;
  let isOver = false;
  let patience: NodeJS.Timeout | null = null;
  if (after !== null && position < 0 && mayCome(after)) patience = setTimeout(giveUp, BEHIND_MS);

  return {
    wake,
    stop() {
      isOver = true;
      if (patience) clearTimeout(patience);
    },
  };

  function wake(): void {
    if (isBusy || isOver || isEarly()) return;
    if (skip()) void read();
  }

  /** True while the place from which to go on has not come yet. */
  function isEarly(): boolean {
    if (!patience || after === null) return false;
    position = log.behind(after) ?? -1;
    if (position < 0) return true;
    clearTimeout(patience);
    patience = null;
    return false;
  }

  function giveUp(): void {
    patience = null;
    wake();
  }

  /** Goes past what is not wanted; true when something is. */
  function skip(): boolean {
    if (!log.reaches(position)) {
      position = log.end();
      options.reset();
    }
    for (let entry = log.at(position); entry; entry = log.at(position)) {
      if (entry.event !== null && options.wants(entry.event)) return true;
      position++;
    }
    const id = log.lastId();
    if (id !== null) options.stands(id);
    return false;
  }

  async function read(): Promise<void> {
    isBusy = true;
    try {
      while (!isOver && skip()) {
        const entry = log.at(position);
        if (!entry?.event) continue;
        position++;
        const { id, event, json, at } = entry;
        if ((await options.isFor(event)) && !isOver) await options.pass({ id, event, json, at });
      }
    } catch (error) {
      isOver = true;
      options.failed(error);
    } finally {
      isBusy = false;
    }
  }
}
