// Following a generator from its own outputs without growing the stack for a chain of single outputs.
import { Failure } from '../errors.ts';
import { type Budget, enter, tick } from '../limits.ts';

/**
 * Visits `start`; where the visit asks to go deeper, visits all that `follow` gives for it, depth first.
 * Each found item is held back until the next one turns up, so that the last one can be visited in a loop.
 */
export function chain<T>(
  budget: Budget,
  start: T,
  visit: (item: T, deeper: () => void) => void,
  follow: (item: T, found: (item: T) => void) => void,
): void {
  let current: { item: T } | null = { item: start };
  while (current !== null) {
    tick(budget);
    const { item }: { item: T } = current;
    let wanted = 0;
    visit(item, () => {
      wanted++;
    });
    current = null;
    for (; wanted > 0; wanted--) current = followOnce(budget, item, visit, follow, wanted === 1);
  }
}

function followOnce<T>(
  budget: Budget,
  item: T,
  visit: (item: T, deeper: () => void) => void,
  follow: (item: T, found: (item: T) => void) => void,
  mayHold: boolean,
): { item: T } | null {
  let held: { item: T } | null = null;
  const release = (): void => {
    if (held === null) return;
    const { item: earlier } = held;
    held = null;
    enter(budget);
    chain(budget, earlier, visit, follow);
    budget.depth--;
  };
  let inside = false;
  try {
    follow(item, (found) => {
      inside = true;
      release();
      held = { item: found };
      inside = false;
    });
  } catch (error) {
    // What came before the failure is still owed its visit.
    if (!inside && error instanceof Failure) release();
    throw error;
  }
  if (mayHold) return held;
  release();
  return null;
}
