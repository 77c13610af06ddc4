/**
 * Work that is dear, a few pieces at a time and one for each lane (a tenant): of those that wait, the first whose lane has nothing
 * running is next, so that a lane that asks for much holds up itself alone.
 */
export interface Limiter {
  run<T>(lane: string, work: () => Promise<T>): Promise<T>;
  /** How many of the lane have not begun. */
  waiting(lane: string): number;
}

export function createLimiter(atOnce: number): Limiter {
  const running = new Set<string>();
  const waiting: { lane: string; begin: () => void }[] = [];
  return { run, waiting: (lane) => waiting.filter((one) => one.lane === lane).length };

  function run<T>(lane: string, work: () => Promise<T>): Promise<T> {
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
