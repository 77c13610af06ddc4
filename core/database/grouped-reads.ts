/**
 * Look-ups of single rows that many callers make at once, as one statement: while one is under way the next group
 * gathers, as group commit does for writes. A caller alone waits for nobody.
 */

/** More keys than this go into the next statement. */
const MAX_KEYS = 64;

/** `load` gives one value for each key, in order. Gives the function that looks up one. */
export function groupedReads<K, V>(load: (keys: readonly K[]) => Promise<readonly V[]>): (key: K) => Promise<V> {
  const queue: { key: K; resolve(value: V): void; reject(error: unknown): void }[] = [];
  let isRunning = false;

  return (key) =>
    new Promise<V>((resolve, reject) => {
      queue.push({ key, resolve, reject });
      if (!isRunning) void run();
    });

  async function run(): Promise<void> {
    isRunning = true;
    while (queue.length > 0) {
      const group = queue.splice(0, MAX_KEYS);
      try {
        const values = await load(group.map(({ key }) => key));
        for (const [index, { resolve }] of group.entries()) resolve(values[index] as V);
      } catch (error) {
        for (const { reject } of group) reject(error);
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
