/**
 * Standard output of a process that must not wait for its reader. A line is written at once while somebody reads; when the
 * pipe is full, lines are kept in memory, and beyond a bound dropped and counted. What is kept is written when there is
 * room again, and at the exit for as long as it is being read.
 */
import { constants, openSync, writeSync } from 'node:fs';
import { codeOf } from '../errors.ts';

export interface Output {
  /** Takes whole lines. Neither waits nor throws. */
  write(text: string): void;
  /** Lines that nobody will read, since the start. */
  dropped(): number;
  /** Told how many lines are missing once lines are taken again: what it writes stands where they would. */
  onGap(tell: (lines: number) => void): void;
}

export interface OutputOptions {
  /** The descriptor, which must not block; asked for with the first line. */
  open(): number;
  /** After lines were dropped, others are taken when half of this is written. */
  keptBytes?: number;
}

const STANDARD_OUTPUT = 1;
const KEPT_BYTES = 16 * 1024 * 1024;
/** What is kept lies in pieces of this size, each of them one write: about what a pipe holds. */
const BLOCK_BYTES = 64 * 1024;
/** How soon a full pipe is tried again. */
const AGAIN_MS = 10;
/** The exit does not wait for a reader that takes nothing for so long, nor longer than that for a slow one. */
const EXIT_STALLED_MS = 500;
const EXIT_MS = 3_000;
const EXIT_PAUSE_MS = 2;
const NEWLINE = 0x0a;

/** `full`: the reader takes no more at this moment. `gone`: there is none, or the file cannot be written. */
type State = 'open' | 'full' | 'gone';

/** Of this process; its log and what `start` says go the same way, so that neither cuts into a line of the other. */
export const standardOutput = createOutput({ open: openStandardOutput });

export function createOutput({ open, keptBytes = KEPT_BYTES }: OutputOptions): Output {
  let descriptor: number | null = null;
  let state: State = 'open';
  const blocks: { room: Buffer; from: number; to: number }[] = [];
  let kept = 0;
  /** The rest of the last line that was written is lost. */
  let isTorn = false;
  let isWaiting = false;
  let waitsAtExit = false;
  let total = 0;
  let missing = 0;
  let tellGap: (lines: number) => void = () => {};

  return {
    write(text) {
      closeGap();
      const line = Buffer.from(text);
      if (kept > 0) return missing > 0 || kept + line.length > keptBytes ? drop(line) : buffer(line);
      const whole = isTorn ? Buffer.concat([Buffer.of(NEWLINE), line]) : line;
      const rest = whole.subarray(send(whole));
      if (rest.length === 0) return closeGap();
      if (state === 'gone') return drop(line);
      buffer(rest);
      tryLater();
    },
    dropped: () => total,
    onGap(tell) {
      tellGap = tell;
    },
  };

  /** Writes what goes at this moment; gives how many bytes that was. */
  function send(bytes: Buffer): number {
    let sent = 0;
    try {
      descriptor ??= open();
      while (sent < bytes.length) sent += writeSync(descriptor, bytes, sent);
      state = 'open';
    } catch (error) {
      state = codeOf(error) === 'EAGAIN' ? 'full' : 'gone';
    }
    if (sent > 0) isTorn = bytes[sent - 1] !== NEWLINE;
    return sent;
  }

  function sendKept(): void {
    for (let block = blocks[0]; block; block = blocks[0]) {
      const sent = send(block.room.subarray(block.from, block.to));
      block.from += sent;
      kept -= sent;
      if (state === 'full') return;
      if (state === 'open') blocks.shift();
      else dropAll();
    }
  }

  function dropAll(): void {
    for (const { room, from, to } of blocks.splice(0)) drop(room.subarray(from, to));
    kept = 0;
  }

  function buffer(bytes: Buffer): void {
    let last = blocks.at(-1);
    if (!last || last.room.length - last.to < bytes.length) {
      last = { room: Buffer.allocUnsafe(Math.max(BLOCK_BYTES, bytes.length)), from: 0, to: 0 };
      blocks.push(last);
    }
    last.to += bytes.copy(last.room, last.to);
    kept += bytes.length;
  }

  function tryLater(): void {
    if (!waitsAtExit) process.once('exit', sendAtExit);
    waitsAtExit = true;
    if (isWaiting) return;
    isWaiting = true;
    setTimeout(() => {
      isWaiting = false;
      sendKept();
      closeGap();
      if (kept > 0) tryLater();
    }, AGAIN_MS).unref();
  }

  function sendAtExit(): void {
    const pause = new Int32Array(new SharedArrayBuffer(4));
    const until = performance.now() + EXIT_MS;
    let stalledAt = performance.now() + EXIT_STALLED_MS;
    for (let before = kept; kept > 0 && performance.now() < Math.min(until, stalledAt); before = kept) {
      sendKept();
      closeGap();
      if (kept < before) stalledAt = performance.now() + EXIT_STALLED_MS;
      if (kept > 0) Atomics.wait(pause, 0, 0, EXIT_PAUSE_MS);
    }
  }

  function drop(bytes: Buffer): void {
    const lines = bytes.reduce((count, byte) => (byte === NEWLINE ? count + 1 : count), 0);
    total += lines;
    missing += lines;
  }

  function closeGap(): void {
    if (missing === 0 || state === 'gone' || kept > keptBytes / 2) return;
    const lines = missing;
    missing = 0;
    tellGap(lines);
  }
}

/** Pipes and sockets do not block once libuv has them, which the first look at `process.stdout` is for. */
function openStandardOutput(): number {
  if (!process.stdout.isTTY) return STANDARD_OUTPUT;
  // A terminal can be stopped (Ctrl-S), and libuv leaves this descriptor of it blocking.
  try {
    return openSync('/proc/self/fd/1', constants.O_WRONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
  } catch {
    return STANDARD_OUTPUT;
  }
}
