/**
 * Tests that fail beside others and pass alone. A machine that is shared takes its processors away for seconds: a file that
 * failed is run once more with nothing beside it, and that counts. It is named at the end of the run all the same: it waits
 * for time instead of for what happens, or has found a race that only a busy machine shows.
 */
import type { Job } from './plan.ts';
import type { Outcome } from './pool.ts';

/** More files than these do not fail for want of a processor. */
const MOST_FILES = 3;

export interface Retried {
  /** What counts: of each job the last outcome. */
  outcomes: readonly Outcome[];
  /** What failed the first time, and passed alone. */
  unsteady: readonly Outcome[];
}

/** `runAlone` runs one job after the other, and gives their outcomes. */
export async function retryAlone(
  outcomes: readonly Outcome[],
  runAlone: (jobs: readonly Job[]) => Promise<readonly Outcome[]>,
): Promise<Retried> {
  const failed = outcomes.filter((outcome) => outcome.failed > 0);
  if (failed.length === 0 || failed.length > MOST_FILES) return { outcomes, unsteady: [] };
  const again = new Map((await runAlone(failed.map(({ job }) => job))).map((outcome) => [outcome.job, outcome]));
  return {
    outcomes: outcomes.map((outcome) => again.get(outcome.job) ?? outcome),
    unsteady: failed.filter(({ job }) => again.get(job)?.failed === 0),
  };
}
