/**
 * What is read by a key and remembered until a notice says that it has changed: settings that are asked for with every message.
 * Each process on the database hears of a change when its transaction has committed. One whose notices cannot come at the
 * moment believes what it remembers for two seconds, and no longer.
 */
import type { Transaction } from '../database/database.ts';
import type { Notices } from './notices.ts';

export interface Remembered<V> {
  /** At once when it is remembered; else it is read, by `read` where a transaction is open. Rejects with what that throws. */
  of(key: string, read?: (key: string) => Promise<V>): Promise<V>;
  /** Read again, whatever is remembered, and remembered from now on. */
  fresh(key: string): Promise<V>;
  /** What is remembered of it, without asking anybody; undefined when nothing is. */
  known(key: string): V | undefined;
  /** To be called by who changes it: everybody forgets it, once the transaction has committed. Without a key all of them. */
  changed(trx: Transaction, key?: string): Promise<void>;
  /** This process forgets all, as it does after any change. */
  invalidate(): void;
}

export interface RememberedOptions<V> {
  notices: Pick<Notices, 'on' | 'onGap' | 'isConnected' | 'send'>;
  /** Of the notices about changes: its own, or one of what it depends on. */
  topic: string;
  /** Whether something of it may have changed, by a notice that is not its own. */
  isConcerned?(payload: unknown): boolean;
  load(key: string): Promise<V>;
  /** Told of what is remembered from now on; of what was read while somebody changed it nothing is. */
  kept?(key: string, value: V): void;
  /** Believed for so long, in ms of real time, also while notices come: for rights, since a notice may be late. */
  longestMs?: number;
  /** Of more than these all are forgotten: bounded memory without bookkeeping on each hit. */
  most?: number;
}

const MOST_REMEMBERED = 10_000;
/** Of real time. */
const BELIEVED_UNHEARD_MS = 2_000;

export function createRemembered<V>({
  notices,
  topic,
  load,
  most = MOST_REMEMBERED,
  longestMs = Number.POSITIVE_INFINITY,
  kept,
  isConcerned = () => true,
}: RememberedOptions<V>): Remembered<V> {
  const known = new Map<string, { value: V; at: number }>();
  /** What was read before a change is not kept after it. */
  let generation = 0;
  notices.on(topic, (payload) => {
    if (typeof payload === 'string') invalidateOne(payload);
    else if (isConcerned(payload)) invalidate();
  });
  notices.onGap(invalidate);
  return {
    of,
    fresh: (key) => readNow(key, load),
    known: (key) => believed(key)?.value,
    changed: (trx, key) => notices.send(trx, topic, key ?? null),
    invalidate,
  };

  function believed(key: string): { value: V } | undefined {
    const found = known.get(key);
    if (!found) return undefined;
    const believedMs = notices.isConnected() ? longestMs : Math.min(longestMs, BELIEVED_UNHEARD_MS);
    return believedMs === Number.POSITIVE_INFINITY || performance.now() - found.at < believedMs ? found : undefined;
  }

  async function of(key: string, read = load): Promise<V> {
    const found = believed(key);
    return found ? found.value : readNow(key, read);
  }

  async function readNow(key: string, read: (key: string) => Promise<V>): Promise<V> {
    const [before, at] = [generation, performance.now()];
    const value = await read(key);
    if (before === generation) {
      if (known.size >= most) known.clear();
      known.set(key, { value, at });
      kept?.(key, value);
    }
    return value;
  }

  function invalidateOne(key: string): void {
    generation++;
    known.delete(key);
  }

  function invalidate(): void {
    generation++;
    known.clear();
  }
}
