/** Which types of events workflows wait for, so that all others cost nothing. */
import type { Services } from '#core/plugin.ts';
import { typesOf } from '../engine/matching.ts';

export interface EventInterest {
  /** Whether a durable subscriber wants events of this type. */
  isWanted(type: string): boolean;
  /** Whether anybody at all would hear it: lifecycle events that nobody hears are not made. */
  isHeard(type: string): boolean;
  /** Whether an execution may wait for events of this type. */
  isAwaited(type: string): boolean;
  /** From now on, for workflows that it starts; '*' is every type. */
  want(types: readonly string[]): void;
  /** The same for an execution that waits. */
  await(types: readonly string[]): void;
  /** Reads anew what definitions and waiting executions ask for. */
  refresh(): Promise<void>;
}

export function createEventInterest({ db, events, workflowDefinitions }: Services): EventInterest {
  const wanted = new Set<string>();
  const awaited = new Set<string>();
  const isShared = !db.soleWriter;

  return {
    isWanted: (type) => isShared || wanted.has(type) || wanted.has('*'),
    isHeard: (type) => wanted.has(type) || wanted.has('*') || events.hasListeners(),
    isAwaited: (type) => isShared || awaited.has(type) || awaited.has('*'),
    await(types) {
      for (const type of types) awaited.add(type);
      for (const type of types) wanted.add(type);
    },
    want(types) {
      for (const type of types) wanted.add(type);
    },
    async refresh() {
      for (const { definition } of await workflowDefinitions.active()) {
        if (definition.schedule?.on) for (const type of typesOf(definition.schedule.on)) wanted.add(type);
      }
      const rows = await db.read('workflows_wait_types').distinct('type');
      for (const { type } of rows) {
        wanted.add(type);
        awaited.add(type);
      }
    },
  };
}
