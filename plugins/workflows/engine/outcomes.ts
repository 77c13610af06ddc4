/** How executions end, and who waits to hear of it. */
import type { Services } from '#core/plugin.ts';
import type { DslError } from '../language/faults.ts';
import type { Phase } from '../language/phases.ts';
import type { Execution } from './records.ts';
import { unsealed } from './secret-texts.ts';

export interface Final {
  id: string;
  status: Phase;
  output: unknown;
  error: DslError | null;
}

type Ended = Pick<Execution, 'id' | 'status' | 'output' | 'error'>;

export interface Outcomes {
  /** Tells everybody who waits for it. */
  publish(execution: Ended): void;
  /** Resolves with the end that is told of next, or after `ms` or the signal with null. */
  next(id: string, ms: number, signal?: AbortSignal): Promise<Final | null>;
  /** The same for one that may have ended already, or in another replica. */
  waitFor(id: string, ms: number, signal?: AbortSignal): Promise<Final | null>;
}

/** How often the database is asked what another replica has ended. */
const LOOK_MS = 1_000;

export function createOutcomes(services: Services): Outcomes {
  const { db } = services;
  const waiting = new Map<string, Set<(final: Final | null) => void>>();
  return { publish, next, waitFor };

  function publish(execution: Ended): void {
    const told = waiting.get(execution.id);
    if (!told) return;
    waiting.delete(execution.id);
    const final = finalOf(execution);
    for (const resolve of told) resolve(final);
  }

  function next(id: string, ms: number, signal?: AbortSignal): Promise<Final | null> {
    return new Promise((resolve) => {
      const others = waiting.get(id) ?? new Set();
      const notify = (final: Final | null): void => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', giveUp);
        others.delete(notify);
        if (others.size === 0 && waiting.get(id) === others) waiting.delete(id);
        resolve(final);
      };
      const giveUp = (): void => notify(null);
      const timer = setTimeout(giveUp, ms);
      waiting.set(id, others.add(notify));
      signal?.addEventListener('abort', giveUp, { once: true });
      if (signal?.aborted) giveUp();
    });
  }

  async function waitFor(id: string, ms: number, signal?: AbortSignal): Promise<Final | null> {
    const told = next(id, ms, signal);
    const look = async (): Promise<void> => {
      const row = await db.read('workflows_executions').where({ id }).first();
      if (row?.ended_at) publish(row);
    };
    const timer = db.soleWriter ? undefined : setInterval(() => void look().catch(() => {}), LOOK_MS);
    try {
      await look();
      return await told;
    } finally {
      clearInterval(timer);
    }
  }

  function finalOf({ id, status, output, error }: Ended): Final {
    return {
      id,
      status,
      output: output === null ? null : JSON.parse(unsealed(services, id, output)),
      error: error === null ? null : JSON.parse(error),
    };
  }
}
