/** How tasks stand, by the words of the API; the worst of several runs of the same task is what its card shows. */

export interface TaskState {
  /** `running`, `waiting`, `completed`, `faulted`, `skipped`, `cancelled`. */
  status: string;
  /** A few letters beside it: `3×`, `1.2 s`. */
  note?: string;
}

/** By the pointers of tasks. */
export type TaskStates = ReadonlyMap<string, TaskState>;

const ORDER = ['skipped', 'completed', 'cancelled', 'faulted', 'waiting', 'running'];

/** Of all runs of a task what matters most: what goes on before what failed, that before what is done. */
export function weightiest(statuses: readonly string[]): string {
  return statuses.reduce((most, one) => (ORDER.indexOf(one) > ORDER.indexOf(most) ? one : most));
}
