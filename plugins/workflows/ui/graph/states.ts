/** How tasks stand, by the words of the API; the worst of several runs of the same task is what its card shows. */

export interface TaskState {
  /** `running`, `waiting`, `completed`, `faulted`, `skipped`, `cancelled`. */
  status: string;
  /** A few letters beside it: `3×`, `1.2 s`. */
  note?: string;
  /** Where its runs led: `continue`, `exit`, `end`, names of tasks. */
  taken?: ReadonlySet<string>;
}

/** By the pointers of tasks. */
export type TaskStates = ReadonlyMap<string, TaskState>;

const ORDER = ['skipped', 'completed', 'cancelled', 'faulted', 'waiting', 'running'];

/** Of all runs of a task what matters most: what goes on before what failed, that before what is done. */
function weightiest(statuses: readonly string[]): string {
  return statuses.reduce((most, one) => (ORDER.indexOf(one) > ORDER.indexOf(most) ? one : most));
}

interface Run {
  reference: string;
  status: string;
  next: string | null;
}

/** How the tasks of the graph stand: each by the weightiest of its runs. */
export function statesOf(tasks: readonly Run[]): Map<string, TaskState> {
  const byReference = Map.groupBy(tasks, ({ reference }) => reference);
  return new Map(
    [...byReference].map(([reference, runs]) => {
      const status = weightiest(runs.map((run) => run.status));
      const taken = new Set(runs.flatMap(({ next }) => next ?? []));
      return [reference, { status, taken, ...(runs.length > 1 && { note: `${runs.length}×` }) }];
    }),
  );
}
