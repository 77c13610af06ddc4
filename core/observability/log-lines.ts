/**
 * The last lines of this process's log, in memory, for who operates it and has no shell at hand. They are what the log wrote:
 * secrets are blotted out already. Bounded in bytes; the oldest go first.
 */
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { Clock } from '../clock.ts';

export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export interface LogLine {
  /** Counts up within this process. */
  seq: number;
  level: LogLevel;
  /** One entry as JSON; cut when it was very long. */
  text: string;
}

export interface LogFilter {
  /** This level and worse. */
  level: LogLevel;
  /** In any part of the line, in upper or lower case. */
  search: string;
}

export interface LogPage {
  lines: LogLine[];
  /** Stands behind the last line that was looked at, in this process. */
  cursor: string;
  /** Lines between the cursor that was given and these are gone, or it is one of another process. */
  missed: boolean;
}

export interface LogLines {
  /** Which process these lines are of, as people know it. */
  replica: string;
  /** The same in eight characters, another with each start: what its cursors begin with. */
  process: string;
  /** Takes one line of the log. */
  write(text: string): void;
  /** Called with the level of every line, also of those that are not kept. */
  onLine(fn: (level: LogLevel) => void): () => void;
  /** The latest that match, oldest first; with a cursor those behind it. Of several cursors that of this process counts. */
  read(filter: LogFilter, options: { after: string; limit: number }): LogPage;
  /** The same, but for `waitMs` at most until there is one. */
  follow(
    filter: LogFilter,
    options: { after: string; limit: number; waitMs: number; clock: Clock; signal: AbortSignal },
  ): Promise<LogPage>;
  /** All that match, one in each line. */
  text(filter: LogFilter): string;
}

const LONGEST_LINE = 16 * 1024;
const LEVEL = /^\{"level":"(\w+)"/;
/** Much is written at once: who follows is answered a moment later, with all of it. */
const CALM_MS = 200;

export function createLogLines(keptBytes: number): LogLines {
  const self = randomUUID().slice(0, 8);
  const listeners = new Set<(level: LogLevel) => void>();
  // A queue in an array: `first` is where it begins.
  let lines: (LogLine & { bytes: number })[] = [];
  let first = 0;
  let bytes = 0;
  let last = 0;

  const logLines: LogLines = {
    replica: `${hostname()} (${process.pid})`,
    process: self,
    write(given) {
      const level = levelOf(given);
      const text = given.length > LONGEST_LINE ? beginningOf(given) : given.trimEnd();
      const size = Buffer.byteLength(text) + 1;
      lines.push({ seq: ++last, level, text, bytes: size });
      bytes += size;
      while (bytes > keptBytes && first < lines.length) bytes -= lines[first++]?.bytes ?? 0;
      if (first > 1_000 && first * 2 > lines.length) {
        lines = lines.slice(first);
        first = 0;
      }
      for (const listener of listeners) listener(level);
    },
    onLine(fn) {
      listeners.add(fn);
      return () => void listeners.delete(fn);
    },
    read(filter, { after, limit }) {
      const place = placeOf(after);
      const oldest = lines[first]?.seq ?? last + 1;
      const missed = after !== '' && (place === null || place + 1 < oldest);
      const behind = matching(filter).filter(({ seq }) => place === null || seq > place);
      const isCut = place !== null && behind.length > limit;
      const shown = place === null ? behind.slice(-limit) : behind.slice(0, limit);
      const end = isCut ? (shown.at(-1)?.seq ?? last) : last;
      return { lines: shown.map(({ seq, level, text }) => ({ seq, level, text })), cursor: `${self}.${end}`, missed };
    },
    async follow(filter, { after, limit, waitMs, clock, signal }) {
      const page = logLines.read(filter, { after, limit });
      if (page.lines.length > 0 || page.missed || waitMs === 0 || after === '') return page;
      await somethingNew(filter.level, waitMs, clock, signal);
      return logLines.read(filter, { after, limit });
    },
    text: (filter) =>
      matching(filter)
        .map(({ text }) => `${text}\n`)
        .join(''),
  };
  return logLines;

  function matching({ level, search }: LogFilter): LogLine[] {
    const least = LOG_LEVELS.indexOf(level);
    const wanted = search.toLowerCase();
    return lines
      .slice(first)
      .filter((line) => LOG_LEVELS.indexOf(line.level) >= least && line.text.toLowerCase().includes(wanted));
  }

  /** Null when none of the cursors is one of this process. */
  function placeOf(cursors: string): number | null {
    const own = cursors.split(',').find((cursor) => cursor.startsWith(`${self}.`));
    const seq = own?.slice(self.length + 1) ?? '';
    return /^\d{1,15}$/.test(seq) ? Number(seq) : null;
  }

  function somethingNew(level: LogLevel, waitMs: number, clock: Clock, signal: AbortSignal): Promise<void> {
    const least = LOG_LEVELS.indexOf(level);
    return new Promise((resolve) => {
      let cancel = clock.after(waitMs, end);
      const stop = logLines.onLine((heard) => {
        if (LOG_LEVELS.indexOf(heard) < least) return;
        stop();
        cancel();
        cancel = clock.after(CALM_MS, end);
      });
      signal.addEventListener('abort', end, { once: true });
      if (signal.aborted) end();

      function end(): void {
        stop();
        cancel();
        signal.removeEventListener('abort', end);
        resolve();
      }
    });
  }
}

/** A copy: V8 keeps the whole of a text in memory for as long as a part of it is kept. */
function beginningOf(text: string): string {
  return Buffer.from(text.slice(0, LONGEST_LINE)).toString().trimEnd();
}

function levelOf(text: string): LogLevel {
  const [, name] = LEVEL.exec(text) ?? [];
  return LOG_LEVELS.find((level) => level === name) ?? 'info';
}
