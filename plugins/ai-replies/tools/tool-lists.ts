/**
 * What servers of tools offer, asked once for all who want to know at one moment, and once a minute at most: also when a server
 * has failed. Nobody waits for one that was asked before: the answer of that time serves, a list or a failure, while it is asked
 * again. So one that hangs costs a few seconds, once.
 */
import type { Services } from '#core/plugin.ts';

export interface ToolLists<T> {
  /**
   * Of this server; `load` asks it, and is given up after a few seconds. Throws what that threw, also from memory. `isWaitedFor`: a
   * person looks, who rather waits than hears of a failure that is over.
   */
  of(server: string, load: (signal: AbortSignal) => Promise<T>, isWaitedFor?: boolean): Promise<T>;
}

interface Known<T> {
  /** The last list that came; null before the first. */
  list: { of: T } | null;
  failure: { error: unknown } | null;
  asked: number;
  asking: Promise<T> | null;
}

const REMEMBERED_MS = 60_000;
/** A list that is older serves nobody while a new one is fetched. */
const LONGEST_OLD_MS = 3_600_000;
const LOAD_MS = 3_000;
const MOST_REMEMBERED = 1_000;

export function createToolLists<T>({ clock }: Pick<Services, 'clock'>): ToolLists<T> {
  const known = new Map<string, Known<T>>();
  return { of };

  async function of(
    server: string,
    load: (signal: AbortSignal) => Promise<T>,
    isWaitedFor: boolean = false,
  ): Promise<T> {
    const found = known.get(server) ?? { list: null, failure: null, asked: 0, asking: null };
    // In either direction: a clock may have been put back.
    const age = Math.abs(clock.now() - found.asked);
    if (!found.asking && age < REMEMBERED_MS) {
      if (found.failure) throw found.failure.error;
      if (found.list) return found.list.of;
    }
    if (known.size >= MOST_REMEMBERED) known.clear();
    known.set(server, found);
    found.asking ??= ask(found, load);
    // Nobody waits for what is only renewed.
    const isOldEnough = found.list !== null && found.failure === null && age < LONGEST_OLD_MS;
    if (isOldEnough && found.list) {
      found.asking.catch(() => {});
      return found.list.of;
    }
    if (!found.failure || isWaitedFor) return found.asking;
    found.asking.catch(() => {});
    throw found.failure.error;
  }

  async function ask(found: Known<T>, load: (signal: AbortSignal) => Promise<T>): Promise<T> {
    try {
      const list = await load(AbortSignal.timeout(LOAD_MS));
      found.list = { of: list };
      found.failure = null;
      return list;
    } catch (error) {
      found.failure = { error };
      throw error;
    } finally {
      found.asked = clock.now();
      found.asking = null;
    }
  }
}
