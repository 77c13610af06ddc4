/** `fork`: branches side by side. All give an array of their outputs; with `compete` the first one ends the others. */

import { isSignal, Parked, Stopped } from '../control-flow.ts';
import type { TaskKind } from '../model.ts';

export const forkTask: TaskKind = async ({ task, run, reference, frame, runBranch }) => {
  const { branches = [], compete = false } = task.fork ?? {};
  const abort = new AbortController();
  const inner = { ...frame, signal: AbortSignal.any([frame.signal, abort.signal]) };
  let winner: { output: unknown } | null = null;
  let failure: { thrown: unknown } | null = null;
  let parked: Parked | null = null;
  let next: string | undefined;
  const outputs: unknown[] = branches.map(() => null);

  // This branch is the fork itself, which waits for those.
  run.addBranches(branches.length - 1);
  let left = branches.length;
  await Promise.all(
    branches.map(async (_, index) => {
      try {
        const outcome = await runBranch(index, inner);
        outputs[index] = outcome.output;
        if (outcome.next === 'end') next = 'end';
        if (compete && !winner && !failure) {
          winner = { output: outcome.output };
          abort.abort(new Stopped('cancelled'));
        }
      } catch (thrown) {
        if (thrown instanceof Parked) parked = thrown;
        // Those that were stopped here, because another one won or failed, have nothing to say.
        else if (!abort.signal.aborted || (isSignal(thrown) && run.signal.aborted)) {
          failure ??= { thrown };
          abort.abort(new Stopped('cancelled'));
        }
      } finally {
        if (--left > 0) run.endBranch();
      }
    }),
  );
  if (winner) run.endWaitsOf(reference);
  if (winner) return { ...(winner as { output: unknown }), ...(next && { next }) };
  if (failure) throw (failure as { thrown: unknown }).thrown;
  if (parked) throw parked;
  return { output: outputs, ...(next && { next }) };
};
