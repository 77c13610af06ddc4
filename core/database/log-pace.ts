/**
 * When the write-ahead log of SQLite moves into the database. Its file keeps its size, so how much is new in it is known only
 * when it has moved: the next time comes when about as much as is wanted will be there, and at once when the file grows.
 */

export interface LogPace {
  /** Whether it moves now; `bytes` is the size of its file. Times in ms, by a clock that only goes forward. */
  isDue(now: number, bytes: number): boolean;
  /** It has moved, and has this many pages. */
  moved(now: number, pages: number): void;
  /** The writer begins it anew. */
  begunAnew(): void;
}

/** Pages that move at once, about: enough that the syncs of it are seldom, and so few that they are quick. */
const PAGES_MOVED = 1_000;
/** Where little is written, what there is moves after this all the same. */
const LONGEST_UNMOVED_MS = 1_500;

export function createLogPace(): LogPace {
  let pagesBefore = 0;
  let bytesBefore = 0;
  let movedAt = 0;
  let dueAt = 0;
  return {
    isDue(now, bytes) {
      const grows = bytes > bytesBefore;
      bytesBefore = bytes;
      return grows || now >= dueAt;
    },
    moved(now, pages) {
      const fresh = pages < pagesBefore ? pages : pages - pagesBefore;
      dueAt = now + Math.min(((now - movedAt) * PAGES_MOVED) / Math.max(1, fresh), LONGEST_UNMOVED_MS);
      [pagesBefore, movedAt] = [pages, now];
    },
    begunAnew() {
      pagesBefore = 0;
    },
  };
}
