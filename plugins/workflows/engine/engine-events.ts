/**
 * What becomes of executions in this process, and what follows from it, in one table: each room of the engine says what has
 * happened by its name, and none of them knows the others for it. What is written of an execution is in `states.ts`.
 */
import type { Backlog } from './backlog.ts';
import type { EngineEvents } from './engine-context.ts';
import type { Elsewhere } from './other-processes.ts';
import type { Outcomes } from './outcomes.ts';
import type { Slots } from './slots.ts';
import type { Waker } from './waker.ts';

interface Followers {
  slots: Slots;
  outcomes: Outcomes;
  /** They tell of events themselves, and are made after the table. */
  backlog(): Backlog;
  waker(): Waker;
  /** Where other processes run what is open; null where this one does. */
  elsewhere: Elsewhere | null;
  planned(): void;
}

export function createEngineEvents({ slots, outcomes, backlog, waker, elsewhere, planned }: Followers): EngineEvents {
  const events: EngineEvents = {
    opened(tenantId) {
      if (elsewhere) return elsewhere.opened(tenantId);
      backlog().add(tenantId);
      backlog().pump();
    },
    due: (at) => (elsewhere ?? waker()).wake(at),
    freed(execution) {
      slots.release(execution);
      waker().released();
    },
    unloaded(execution) {
      events.freed(execution);
      if (execution.slot) backlog().unblock();
      if (!backlog().isEmpty(null) || execution.slot) backlog().pump();
    },
    ended(row) {
      if (row.slot) backlog().unblock();
      outcomes.publish(row);
      planned();
      waker().wake(0);
      backlog().pump();
    },
    planned,
    rested() {
      events.opened(null);
      waker().wake(0);
    },
  };
  return events;
}
