/** Work that is done again and again as things happen, but never twice at once and never without a pause between. */

export type After = (pauseMs: number, run: () => void) => void;

export interface Paced {
  /** Asks for the work: done at once, or when what is under way and the pause behind it are over. */
  run(): void;
  /** Nothing more is begun. */
  stop(): void;
}

/**
 * The first call begins at once. Calls during the work or the pause that follows it are one further round, so what
 * happens last is always seen. Work that fails counts as done: whoever does it shows its own errors.
 */
export function paced(work: () => unknown, pauseMs: number, after: After = (ms, run) => setTimeout(run, ms)): Paced {
  let isBusy = false;
  let isWanted = false;
  let isStopped = false;
  return {
    run,
    stop() {
      isStopped = true;
    },
  };

  function run(): void {
    if (isStopped) return;
    isWanted = true;
    if (!isBusy) void round();
  }

  async function round(): Promise<void> {
    isBusy = true;
    isWanted = false;
    try {
      await work();
    } catch {
      // Shown where the answer is shown.
    }
    after(pauseMs, () => {
      isBusy = false;
      if (isWanted) run();
    });
  }
}
