/** Time as a service: the real one, and one that tests move. */

export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Milliseconds of this process that have passed, however the clock was set meanwhile; sleep of the machine may be missing. */
  elapsed(): number;
  /** Runs `fn` after `ms`; gives a function that cancels it. Does not keep the process alive. */
  after(ms: number, fn: () => void): () => void;
  /** Ends early when it is aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** Told when a test has moved time; never in production. Gives a function that ends it. */
  onJump(fn: () => void): () => void;
}

/** Clocks of machines that work together differ by less: what was noted later than this from now, a clock noted that was ahead. */
export const CLOCK_TOLERANCE_MS = 5 * 60_000;

/** The last `ms`, for `whereBetween`. What a clock noted that was ahead is not of this time. */
export function timeWindow(now: number, ms: number): [from: number, to: number] {
  return [now - ms, now + CLOCK_TOLERANCE_MS];
}

/** Node's timers overflow past this (about 24.8 days) and would fire at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

export function systemClock(): Clock {
  const clock: Clock = {
    now: () => Date.now(),
    elapsed: () => performance.now(),
    after(ms, fn) {
      let timer: NodeJS.Timeout;
      const wait = (left: number): void => {
        const next = left > LONGEST_TIMER_MS ? () => wait(left - LONGEST_TIMER_MS) : fn;
        timer = setTimeout(next, Math.min(left, LONGEST_TIMER_MS));
        timer.unref();
      };
      wait(Math.max(0, ms));
      return () => clearTimeout(timer);
    },
    sleep: (ms, signal) => sleep(clock, ms, signal),
    onJump: () => () => {},
  };
  return clock;
}

function sleep(clock: Clock, ms: number, signal?: AbortSignal): Promise<void> {
  if (signal?.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const awake = (): void => {
      cancel();
      signal?.removeEventListener('abort', awake);
      resolve();
    };
    const cancel = clock.after(ms, awake);
    signal?.addEventListener('abort', awake);
  });
}

export interface ManualClock extends Clock {
  /**
   * Moves time forward: due timers fire in order, then the jump listeners, then promises settle. What looks again and again
   * does so a few times on the way and once at the end, as after a machine's sleep: days are not walked through by seconds.
   */
  advance(ms: number): Promise<void>;
  /** Sets the clock, ahead or back, as a wrong one is set: no time has passed, and no timer is due for it. */
  jump(ms: number): void;
}

interface Timer {
  at: number;
  fn: () => void;
}

/** How often one function fires on the way. */
const MOST_STEPS = 10;

export function manualClock(start = Date.UTC(2026, 0, 1)): ManualClock {
  let now = start;
  let set = 0;
  const timers = new Set<Timer>();
  const listeners = new Set<() => void>();

  const clock: ManualClock = {
    now: () => now,
    elapsed: () => now - start - set,
    jump(ms) {
      now += ms;
      set += ms;
      for (const timer of timers) timer.at += ms;
    },
    after(ms, fn) {
      const timer = { at: now + Math.max(0, ms), fn };
      timers.add(timer);
      return () => void timers.delete(timer);
    },
    sleep: (ms, signal) => sleep(clock, ms, signal),
    onJump(fn) {
      listeners.add(fn);
      return () => void listeners.delete(fn);
    },
    async advance(ms) {
      const end = now + ms;
      const steps = new Map<() => void, number>();
      for (let timer = nextDue(end); timer; timer = nextDue(end)) {
        const step = (steps.get(timer.fn) ?? 0) + 1;
        steps.set(timer.fn, step);
        if (step === MOST_STEPS + 1 && timer.at < end) {
          timer.at = end;
          continue;
        }
        timers.delete(timer);
        now = Math.max(now, timer.at);
        timer.fn();
        await settle();
      }
      now = end;
      for (const listener of [...listeners]) listener();
      await settle();
    },
  };
  return clock;

  function nextDue(end: number) {
    let next: Timer | undefined;
    for (const timer of timers) if (timer.at <= end && (!next || timer.at < next.at)) next = timer;
    return next;
  }
}

function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
