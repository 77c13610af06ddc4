/**
 * Look-ups of single rows that many callers make at once, as one statement: while one is under way the next group
 * gathers, as group commit does for writes. A caller alone waits for nobody.
 */

/** More keys than this go into the next statement. */
const MAX_KEYS = 64;

interface Waiter<V> {
  resolve(value: V): void;
  reject(error: unknown): void;
}

/**
 * `load` gives one value for each key, in order. Gives the function that looks up one. Who asks for the same key at the same
 * time shares the answer: of a thousand listeners each may ask about one event.
 */
export function groupedReads<K, V>(load: (keys: readonly K[]) => Promise<readonly V[]>): (key: K) => Promise<V> {
  const queue = new Map<K, Waiter<V>[]>();
  let isRunning = false;

  return (key) =>
    new Promise<V>((resolve, reject) => {
      const waiters = queue.get(key);
      if (waiters) waiters.push({ resolve, reject });
      else queue.set(key, [{ resolve, reject }]);
      if (!isRunning) void run();
    });

  async function run(): Promise<void> {
    isRunning = true;
    // Whoever asks in the same turn is in the first group already.
    await Promise.resolve();
    while (queue.size > 0) {
      const group = [...queue].slice(0, MAX_KEYS);
      for (const [key] of group) queue.delete(key);
      try {
        const values = await load(group.map(([key]) => key));
        for (const [index, [, waiters]] of group.entries())
          for (const { resolve } of waiters) resolve(values[index] as V);
      } catch (error) {
        for (const [, waiters] of group) for (const { reject } of waiters) reject(error);
      }
    }
    isRunning = false;
  }
}

/** The list filled up with its last one to a power of two, so that few different statements have to be prepared. */
export function padded<T>(items: readonly T[]): T[] {
  const size = 2 ** Math.ceil(Math.log2(Math.max(1, items.length)));
  return Array.from({ length: size }, (_, index) => items[Math.min(index, items.length - 1)] as T);
}
