/** `wait`: a row with a time. The execution leaves the memory until then. */
import type { TaskCall, TaskKind } from '../engine/interpreter.ts';
import { durationMs } from '../language/durations.ts';
import { evaluateDeep } from '../language/expressions.ts';
import { fault } from '../language/faults.ts';

export const waitTask: TaskKind = async (call) => {
  const ms = durationMs(evaluateDeep(call.task.wait, call.input, call.scope));
  if (ms === null) throw fault('configuration', 'wait must be a duration such as PT5M or {minutes: 5}');
  await waitUntil(call, call.record.started_at + ms);
  return { output: call.input };
};

/** Resolves when the time has come, in this process or a later one. Ends early when a time-out around it does. */
export async function waitUntil(
  { run, reference, instance, frame, record }: TaskCall,
  at: number,
  what = '',
): Promise<void> {
  const { clock } = run.world.services;
  const taskKey = `${reference} ${instance}${what}`;
  record.status = 'waiting';
  while (clock.now() < at) {
    const wakeAt = Math.min(at, frame.deadline?.at ?? at);
    if (clock.now() >= wakeAt)
      throw fault('timeout', 'It took too long', { instance: frame.deadline?.reference ?? reference });
    await run.park(
      {
        execution_id: run.execution.id,
        tenant_id: run.execution.tenant_id,
        task_key: taskKey,
        kind: 'timer',
        wake_at: wakeAt,
        detail: '{}',
        received: '[]',
        created_at: clock.now(),
        types: [],
      },
      frame.signal,
    );
  }
  run.endWait(taskKey);
  record.status = 'running';
}
