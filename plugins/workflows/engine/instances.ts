/**
 * Names of the runs of a task: together with its reference each is unique in an execution, and the same after a restart. `@2` is
 * the third time in the same list, `.1` the second round of what is around; what repeats as a whole has a level of its own.
 */

/** Of a task that has been come to so often before in its list. */
export function instanceOf(outer: string, times: number): string {
  return times === 0 ? outer : `${outer}@${times}`;
}

/** Of what runs inside of a task; `step` is the round, the try or the branch. */
export function innerInstance(instance: string, step?: string): string {
  if (step !== undefined) return instance === '' ? step : `${instance}.${step}`;
  // Or the first run inside the second would have the name of the second run inside the first.
  return instance.includes('@') ? `${instance}.` : instance;
}
