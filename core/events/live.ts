/** Events for one reader: in their order, each after it was asked whether this reader may see it, bounded in number. */
import type { CloudEvent } from './events.ts';

/** A reader for whom so many wait to be judged is not going to catch up. */
const MOST_WAITING = 1_000;

/**
 * Gives a listener that passes events on. `isFor` may take its time; `failed` is called once, when it throws or too many
 * wait, and nothing is passed on after it.
 */
export function inOrder(
  isFor: (event: CloudEvent) => Promise<boolean>,
  pass: (event: CloudEvent) => void,
  failed: (error: unknown) => void,
): (event: CloudEvent) => void {
  let last: Promise<void> = Promise.resolve();
  let waiting = 0;
  let hasFailed = false;

  return (event) => {
    if (hasFailed) return;
    if (++waiting > MOST_WAITING) return fail(new Error('Too many events wait for a reader'));
    last = last.then(() => judge(event)).catch(fail);
  };

  async function judge(event: CloudEvent): Promise<void> {
    waiting--;
    if (!hasFailed && (await isFor(event)) && !hasFailed) pass(event);
  }

  function fail(error: unknown): void {
    if (hasFailed) return;
    hasFailed = true;
    failed(error);
  }
}
