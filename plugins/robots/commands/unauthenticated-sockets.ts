/** How many sockets may be open of which nobody knows yet whose they are: in all, and from one address. */
import { addressGroup } from '#core/kit.ts';
import type { RobotsConfig } from '../config.ts';

export interface UnauthenticatedSockets {
  /** Gives what to call when it has closed or it is known whose it is; null when there are too many. */
  enter(ip: string): (() => void) | null;
}

export function createUnauthenticatedSockets({ config }: { config: RobotsConfig }): UnauthenticatedSockets {
  const byAddress = new Map<string, number>();
  let all = 0;

  return {
    enter(ip) {
      const group = addressGroup(ip);
      const own = byAddress.get(group) ?? 0;
      if (all >= config.bareSockets.total || own >= config.bareSockets.perAddress) return null;
      change(group, 1);
      let hasLeft = false;
      return () => {
        if (!hasLeft) change(group, -1);
        hasLeft = true;
      };
    },
  };

  function change(group: string, by: number): void {
    all += by;
    const own = (byAddress.get(group) ?? 0) + by;
    if (own > 0) byAddress.set(group, own);
    else byAddress.delete(group);
  }
}
