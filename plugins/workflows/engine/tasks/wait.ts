/** `wait`: a row with a time. The execution leaves the memory until then. */

import { durationMs } from '../../language/durations.ts';
import { evaluateDeep } from '../../language/expressions.ts';
import { fault } from '../../language/faults.ts';
import type { TaskCall, TaskKind } from '../model.ts';
import { newWait, refuseLate, taskKeyOf } from './waiting.ts';

export const waitTask: TaskKind = async (call) => {
  const ms = durationMs(await evaluateDeep(call.task.wait, call.input, call.scope));
  if (ms === null) throw fault('configuration', 'wait must be a duration such as PT5M or {minutes: 5}');
  await waitUntil(call, { from: call.record.started_at, ms });
  return { output: call.input };
};

/**
 * Resolves when `ms` have passed since `from`, in this process or a later one, and never waits longer than that: a clock that
 * was ahead when it began was wrong. Ends early when a time-out around it does.
 */
export async function waitUntil(call: TaskCall, { from, ms }: { from: number; ms: number }, what = ''): Promise<void> {
  const { run, frame, record } = call;
  const { clock } = run.world.services;
  const taskKey = taskKeyOf(call, what);
  record.status = 'waiting';
  let at = from + ms;
  while (clock.now() < at) {
    at = Math.min(at, clock.now() + ms);
    refuseLate(call, 'It took too long');
    const wake_at = Math.min(at, frame.deadline?.at ?? at);
    await run.park(newWait(call, { kind: 'timer', detail: '{}', task_key: taskKey, wake_at }), frame.signal);
  }
  run.endWait(taskKey);
  record.status = 'running';
}
