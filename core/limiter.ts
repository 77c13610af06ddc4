/** Work that takes much memory, a few pieces at a time and one for each lane; who comes when too many wait is refused. */

export interface Limiter {
  /** Null when too many of the lane wait already. */
  run<T>(lane: string, work: () => Promise<T>): Promise<T> | null;
}

export function createLimiter({ atOnce, waitingPerLane }: { atOnce: number; waitingPerLane: number }): Limiter {
  const running = new Set<string>();
  const waiting: { lane: string; begin: () => void }[] = [];
  return { run };

  function run<T>(lane: string, work: () => Promise<T>): Promise<T> | null {
    if (waiting.filter((one) => one.lane === lane).length >= waitingPerLane) return null;
    return new Promise<T>((resolve, reject) => {
      waiting.push({
        lane,
        begin: () =>
          void work()
            .then(resolve, reject)
            .finally(() => end(lane)),
      });
      beginNext();
    });
  }

  function end(lane: string): void {
    running.delete(lane);
    beginNext();
  }

  function beginNext(): void {
    if (running.size >= atOnce) return;
    const index = waiting.findIndex(({ lane }) => !running.has(lane));
    const [next] = index < 0 ? [] : waiting.splice(index, 1);
    if (!next) return;
    running.add(next.lane);
    next.begin();
    beginNext();
  }
}
