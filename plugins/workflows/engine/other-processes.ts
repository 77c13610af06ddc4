/**
 * What a process without the role tells those that run executions: that something is open, or due. Hints alone: they look by
 * themselves as well, every second or few.
 */
import type { Services } from '#core/plugin.ts';
import type { EngineEvents } from './engine-context.ts';

export interface Elsewhere {
  opened(tenantId: string | null): void;
  wake(at: number | null): void;
  /** For a process that runs them. */
  listen(events: Pick<EngineEvents, 'opened' | 'due'>): void;
  end(): void;
}

const OPENED = 'workflows.opened';
const DUE = 'workflows.due';

export function createElsewhere({ notices }: Pick<Services, 'notices'>): Elsewhere {
  let ends: (() => void)[] = [];

  return {
    opened: (tenantId) => notices.sendNow(OPENED, tenantId),
    wake: (at) => at !== null && notices.sendNow(DUE, at),
    listen({ opened, due }) {
      ends = [
        notices.on(OPENED, (tenantId) => opened(typeof tenantId === 'string' ? tenantId : null)),
        notices.on(DUE, (at) => due(Number(at))),
      ];
    },
    end() {
      for (const end of ends.splice(0)) end();
    },
  };
}
