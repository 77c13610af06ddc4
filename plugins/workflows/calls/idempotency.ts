/** The key with which whoever is called recognises a repeat. */
import type { TaskCall } from '../engine/interpreter.ts';

/** The same on a repeat after a crash, another one for a new try: execution, task, and which run of it. */
export function idempotencyKey({ run, reference, instance }: Pick<TaskCall, 'run' | 'reference' | 'instance'>): string {
  return `${run.execution.id}:${reference}${instance === '' ? '' : `:${instance}`}`;
}
