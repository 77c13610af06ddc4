/**
 * Executions counted against the plan of their tenant. Whom nothing limits is counted in memory, so that a start costs no
 * statement; who has a limit is counted exactly, together with all who start at that moment, or refused.
 */
import { sha256 } from '#core/kit.ts';
import type { Meter, Services } from '#core/plugin.ts';

const EXECUTIONS = 'workflow_executions';

/** What plans may count of workflows: executions that somebody, an event or a schedule has started. */
export const WORKFLOW_METERS: readonly Meter[] = [
  { name: EXECUTIONS, summary: 'Executions of workflows', period: 'month' },
];

type Counting = Parameters<Services['usage']['note']>[0];

export interface Counted {
  /** It was started. */
  confirm(): void;
  /** It was not, or is one that was started and counted before. */
  takeBack(): Promise<void>;
}

export interface Metering {
  /** One more of the tenant, once for each start key; at once where nothing limits it. Rejects with `limit_exceeded`. */
  count(tenantId: string, startKey: string | null): Counted | Promise<Counted>;
}

export function createMetering({ usage }: Pick<Services, 'usage'>): Metering {
  return {
    count(given, startKey) {
      // '' is the platform itself.
      const use = { tenantId: given || null, meter: EXECUTIONS };
      const room = usage.room(use.tenantId, EXECUTIONS);
      return room === 'unlimited' ? noted(use) : consumed(use, room, startKey);
    },
  };

  function noted(use: Counting): Counted {
    return { confirm: () => usage.note(use), takeBack: async () => {} };
  }

  async function consumed(use: Counting, room: ReturnType<typeof usage.room>, startKey: string | null) {
    if ((await room) === 'unlimited') return noted(use);
    await usage.consume(null, { ...use, ...(startKey !== null && { idempotencyKey: sha256(startKey) }) });
    return {
      confirm: () => {},
      async takeBack() {
        // With a key it stays counted: whoever tries again with it is not counted again.
        if (startKey === null) await usage.giveBack(null, use);
      },
    };
  }
}
