/** The key with which whoever is called recognises a repeat. */
import type { TaskCall } from '../model.ts';

/**
 * The same on a repeat after a crash, another one for a new try, of a policy or of a person: execution, task, and which
 * run of it.
 */
export function idempotencyKey({ run, reference, instance }: Pick<TaskCall, 'run' | 'reference' | 'instance'>): string {
  const { id, retries } = run.execution;
  return `${id}:${reference}${instance === '' ? '' : `:${instance}`}${retries === 0 ? '' : `:again${retries}`}`;
}
