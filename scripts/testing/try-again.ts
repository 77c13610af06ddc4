/**
 * The second try of browser tests. A browser on a busy machine can be later than anybody waits, so its files that failed beside others
 * run once more with nothing beside them. The second outcome counts; what had failed is printed at the end, since somebody with a slow
 * machine may meet it too. Everything else has one try.
 */
import { isInBrowser, type Job, jobName } from './plan.ts';
import type { Outcome } from './pool.ts';

/** With more broken files than this it is not the load of the machine. */
const MOST_TRIED_AGAIN = 3;

/**
 * Takes failed outcomes of the browser out of `outcomes`; `runAlone` is to add those of the second try.
 *
 * @returns titles of tests that failed at first and then did not
 */
export async function tryAgain(
  outcomes: Outcome[],
  runAlone: (jobs: readonly Job[]) => Promise<void>,
): Promise<string[]> {
  const broken = outcomes.filter(({ job, failed }) => isInBrowser(job) && failed > 0);
  if (broken.length === 0 || broken.length > MOST_TRIED_AGAIN) return [];
  console.log('\n── browser tests that failed, once more and alone');
  for (const outcome of broken) outcomes.splice(outcomes.indexOf(outcome), 1);
  await runAlone(broken.map(({ job }) => job));
  const hasPassed = ({ job }: Outcome) => outcomes.some((second) => second.job === job && second.failed === 0);
  return broken.filter(hasPassed).flatMap(({ job, failures }) => failures.map((title) => `${jobName(job)}: ${title}`));
}
