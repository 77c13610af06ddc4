/** Writes that nobody waits for, but that are waited for before the process ends. */
import type { Services } from '#core/plugin.ts';

export interface PendingWrites {
  add(write: Promise<unknown>): void;
  /** Resolves when all that were added have ended, and what they have added. */
  settled(): Promise<void>;
}

export function createPendingWrites({ log }: Services): PendingWrites {
  const open = new Set<Promise<unknown>>();
  return {
    add(write) {
      const watched = write
        .catch((error) => log.error({ err: error }, 'The outcome of a model call could not be recorded'))
        .finally(() => open.delete(watched));
      open.add(watched);
    },
    async settled() {
      while (open.size > 0) await Promise.all(open);
    },
  };
}
