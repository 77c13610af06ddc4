/** Subscribers: whether anybody listens to live events in any process: facts that only listeners want are not made for nobody. */
import { randomUUID } from 'node:crypto';
import type { Clock } from '../clock.ts';
import type { Notices } from './notices.ts';

/** Sent by a process of which somebody begins or ceases to listen, and again and again meanwhile. */
export const LISTENERS_CHANGED = 'events.listeners';
/** Processes that have listeners say so again and again; one that has died is believed for two rounds. */
const REPEAT_MS = 20_000;
const BELIEVED_MS = 2.5 * REPEAT_MS;

export function createListenerCount({ notices, clock }: { notices: Notices; clock: Clock }) {
  const self = randomUUID();
  const others = new Map<string, number>();
  let own = 0;
  let cancel = (): void => {};

  notices.on(LISTENERS_CHANGED, (payload) => {
    const { from, listeners } = payload as { from: string; listeners: number };
    if (from === self) return;
    if (listeners > 0) others.set(from, clock.elapsed() + BELIEVED_MS);
    else others.delete(from);
  });

  return {
    /** How many listen in this process from now on. */
    set(listeners: number): void {
      const isNews = own > 0 !== listeners > 0;
      own = listeners;
      if (isNews) announce();
    },
    isHeard(): boolean {
      if (own > 0) return true;
      for (const [process, until] of others) {
        if (until > clock.elapsed()) return true;
        others.delete(process);
      }
      return false;
    },
  };

  function announce(): void {
    cancel();
    notices.sendNow(LISTENERS_CHANGED, { from: self, listeners: own });
    if (own > 0) cancel = clock.after(REPEAT_MS, announce);
  }
}
