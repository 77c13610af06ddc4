/** `try`: catches faults that match, tries again by its policy, and handles what is left. */
import { getOwn } from '#core/kit.ts';
import { entryOf, pointerStep, type RetryPolicy, type Task } from '../../language/definition.ts';
import { durationMs } from '../../language/durations.ts';
import { evaluateDeep, evaluateExpression, isTrue, type Scope } from '../../language/expressions.ts';
import { type DslError, fault, faultOf, isSameErrorType } from '../../language/faults.ts';
import { isSignal } from '../control-flow.ts';
import { innerInstance } from '../instances.ts';
import { lifecycleEvent } from '../lifecycle.ts';
import type { TaskCall, TaskKind } from '../model.ts';
import { ended } from './simple.ts';
import { waitUntil } from './wait.ts';
import { refuseLate, taskKeyOf } from './waiting.ts';

/** A policy that names no limit is one of so many tries, not of for ever. */
const MOST_TRIES = 100;
const LONGEST_DELAY_MS = 30 * 86_400_000;
/** Tells the wait before a try from those of the tasks. */
const RETRY = ' retry';

export const tryTask: TaskKind = async (call) => {
  const { task, input, record, run, runList, scope, reference } = call;
  const { clock } = run.world.services;
  const rule = task.catch ?? {};
  const policy = policyOf(call);
  const retry = run.waitOf(taskKeyOf(call, RETRY));
  if (retry?.wake_at)
    await waitUntil(call, { from: retry.created_at, ms: Math.max(0, retry.wake_at - retry.created_at) }, RETRY);
  for (;;) {
    const tries = record.attempts;
    try {
      return ended(await oneTry(call, policy, tries));
    } catch (thrown) {
      if (isSignal(thrown)) throw thrown;
      // The time of this task, or of what is around it, is over: that is not for its own `catch`.
      refuseLate(call, 'It took too long');
      const { error } = faultOf(thrown, reference);
      const variables: Scope = { [rule.as ?? 'error']: error };
      const inner: Scope = { ...scope, context: run.context, ...variables };
      if (!(await isCaught(rule, error, input, inner))) throw thrown;
      const delay = policy && (await delayBefore(policy, tries + 1, error, call, inner));
      if (delay === null) {
        if (!rule.do) return { output: input };
        return ended(await runList(rule.do, 'catch/do', input, tries === 0 ? undefined : `caught${tries}`, variables));
      }
      record.attempts = tries + 1;
      run.note({ ...record });
      lifecycleEvent(run, 'task', 'retried', { task: reference });
      if (delay > 0) await waitUntil(call, { from: clock.now(), ms: delay }, RETRY);
      else await run.save();
    }
  }
};

async function oneTry(call: TaskCall, policy: RetryPolicy | null, tries: number) {
  const { task, input, runList, run, frame } = call;
  const limit = durationMs(policy?.limit?.attempt?.duration);
  const step = tries === 0 ? undefined : `try${tries}`;
  if (limit === null) return runList(task.try ?? [], 'try', input, step);
  const { clock } = run.world.services;
  const abort = new AbortController();
  const at = beganAt(call, step) + limit;
  const late = fault('timeout', `A try took longer than ${limit} ms`, { instance: call.reference });
  const cancel = clock.after(at - clock.now(), () => abort.abort(late));
  const stopped = new Promise<never>((_, reject) => abort.signal.addEventListener('abort', () => reject(late)));
  try {
    // What waits outside of memory is woken by its deadline.
    const deadline = frame.deadline && frame.deadline.at < at ? frame.deadline : { at, reference: call.reference };
    const inner = { ...frame, deadline, signal: AbortSignal.any([frame.signal, abort.signal]) };
    return await Promise.race([runList(task.try ?? [], 'try', input, step, undefined, inner), stopped]);
  } finally {
    cancel();
  }
}

/** When a try began, also when that was in an earlier process: when its first task did. */
function beganAt({ task, run, reference, instance }: TaskCall, step: string | undefined): number {
  const [name] = entryOf(task.try?.[0] ?? {});
  const first = run.recordOf(`${reference}/try/0/${pointerStep(name)}`, innerInstance(instance, step));
  const now = run.world.services.clock.now();
  return Math.min(first?.started_at ?? now, now);
}

async function isCaught(
  rule: NonNullable<Task['catch']>,
  error: DslError,
  input: unknown,
  scope: Scope,
): Promise<boolean> {
  const wanted = (rule.errors?.with ?? {}) as Record<string, unknown>;
  for (const [name, value] of Object.entries(wanted)) {
    const actual = error[name === 'details' ? 'detail' : name];
    const expected = await evaluateDeep(value, input, scope);
    if (name === 'type' ? !isSameErrorType(actual, expected) : actual !== expected) return false;
  }
  if (rule.when !== undefined && !isTrue(await evaluateExpression(rule.when, input, scope))) return false;
  return rule.exceptWhen === undefined || !isTrue(await evaluateExpression(rule.exceptWhen, input, scope));
}

function policyOf({ task, run }: TaskCall): RetryPolicy | null {
  const named = task.catch?.retry;
  if (named === undefined) return null;
  const policy = typeof named === 'string' ? getOwn(run.definition.use?.retries, named) : named;
  if (!policy) throw fault('configuration', `There is no retry policy '${named}' in use.retries`);
  return policy;
}

/** Milliseconds before try number `next + 1`; null when there is none any more. */
async function delayBefore(
  policy: RetryPolicy,
  next: number,
  error: DslError,
  call: TaskCall,
  scope: Scope,
): Promise<number | null> {
  const { when, exceptWhen, limit, backoff, jitter } = policy;
  if (when !== undefined && !isTrue(await evaluateExpression(when, error, scope))) return null;
  if (exceptWhen !== undefined && isTrue(await evaluateExpression(exceptWhen, error, scope))) return null;
  const count = limit?.attempt?.count;
  if (count !== undefined && next > count) return null;
  const base = durationMs(policy.delay) ?? 0;
  let delay = base;
  if (backoff?.linear) delay = base + (next - 1) * (durationMs(backoff.linear.increment) ?? base);
  else if (backoff?.exponential) delay = base * (backoff.exponential.multiplier ?? 2) ** (next - 1);
  if (jitter) {
    const [from, to] = [durationMs(jitter.from) ?? 0, durationMs(jitter.to) ?? 0];
    delay += from + Math.random() * Math.max(0, to - from);
  }
  const total = durationMs(limit?.duration);
  const { clock } = call.run.world.services;
  if (total !== null && clock.now() + delay - call.record.started_at > total) return null;
  if (count === undefined && total === null && next > MOST_TRIES) return null;
  return Math.round(Math.min(delay, LONGEST_DELAY_MS));
}
