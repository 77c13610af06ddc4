/** Runs lists of tasks: what all kinds of tasks have in common, in the order that the specification gives. */

import { sizeOf } from '../language/compiled-expressions.ts';
import {
  type Definition,
  type Extension,
  entryOf,
  type Kind,
  kindOf,
  pointerStep,
  type Task,
  type TaskList,
  timeoutMs,
} from '../language/definition.ts';
import { evaluateExpression, isTrue, type Scope } from '../language/expressions.ts';
import { Fault, fault, faultOf } from '../language/faults.ts';
import { isSignal, Stopped } from './control-flow.ts';
import { exportTo, transformed } from './data.ts';
import { innerInstance, instanceOf } from './instances.ts';
import { knownJson, noteJson } from './latest-json.ts';
import { lifecycleEvent } from './lifecycle.ts';
import type { Frame, Later, Outcome, Raw, Run, TaskCall } from './model.ts';
import type { TaskRecord } from './records.ts';
import { scopeOf } from './scopes.ts';
import { unsealed } from './secret-texts.ts';
import { tracedTask } from './traced.ts';
import { nextTurn } from './yield.ts';

/** As the columns of the records have it. */
const LONGEST_REFERENCE = 500;
const LONGEST_INSTANCE = 200;

/** Kinds with effects: everything before them is saved first, and their result at once. */
const EFFECTS = new Set(['call', 'run', 'emit', 'listen', 'wait']);
/** Kinds that hold others, which may change what is around them while they run. */
const COMPOSITE = new Set<Kind>(['do', 'for', 'fork', 'try']);

export async function runTasks(run: Run, list: TaskList, base: string, input: unknown, frame: Frame): Promise<Outcome> {
  let data = input;
  for (let index = 0; index < list.length; ) {
    const item = list[index];
    if (!item) break;
    const turn = nextTurn(run.execution.tenant_id);
    if (turn) await turn;
    const [name, task] = entryOf(item);
    const { output, next } = await runTask(run, task, name, `${base}/${index}/${pointerStep(name)}`, data, frame);
    data = output;
    if (next === 'continue') index++;
    else if (next === 'exit') return { output: await madeOf(data), next: 'continue', hasExited: true };
    else if (next === 'end') return { output: await madeOf(data), next };
    else {
      index = list.findIndex((other) => entryOf(other)[0] === next);
      if (index < 0) throw fault('configuration', `There is no task '${next}' to go to`, { instance: base });
    }
  }
  return { output: typeof data === 'function' ? await madeOf(data) : data, next: 'continue' };
}

/** JSON, or what gives it. */
async function madeOf(data: unknown): Promise<unknown> {
  return typeof data === 'function' ? await (data as Later)() : data;
}

async function runTask(
  run: Run,
  task: Task,
  name: string,
  reference: string,
  given: unknown,
  outer: Frame,
): Promise<Outcome> {
  run.check(outer);
  const times = run.visit(`${reference} ${outer.instance}`);
  const instance = instanceOf(outer.instance, times);
  if (reference.length > LONGEST_REFERENCE || instance.length > LONGEST_INSTANCE) {
    throw fault('configuration', 'Tasks are nested too deeply, or their names are too long');
  }
  const earlier = run.recordOf(reference, instance);
  if (earlier) {
    const done = restored(run, earlier, given);
    if (done) return done;
  }
  const rawInput = typeof given === 'function' ? await madeOf(given) : given;
  const kind = kindOf(task);
  if (!kind) throw fault('configuration', 'The task has no kind', { instance: reference });
  const { clock } = run.world.services;
  const record = newRecord(run, reference, instance, earlier);
  const isLogged = run.options.logging !== 'none';
  const hasEffect = EFFECTS.has(kind);
  const before = run.context;
  // It goes on with what it began with, whatever clocks, secrets and other branches say by now.
  const begun = earlier && earlier.input !== null ? earlier : null;
  if (!earlier) emit('created');
  try {
    const { frame, timer } = timed(run, task, reference, record, outer);
    try {
      const scope = scopeOf(run, name, task, reference, record, rawInput, frame);
      if (!begun && task.if !== undefined && !isTrue(await evaluateExpression(task.if, rawInput, scope))) {
        finish('skipped', rawInput, 'continue');
        return { output: rawInput, next: 'continue' };
      }
      const input = begun
        ? await goOn(run, begun, record, scope)
        : task.input
          ? await transformed(task.input, rawInput, scope, 'input', reference)
          : rawInput;
      scope.input = input;
      if (!begun) {
        record.input = text(run, input);
        if (COMPOSITE.has(kind) && run.context !== null) record.context = text(run, run.context);
      }
      run.note({ ...record });
      if (!earlier) emit('started');
      if (hasEffect && kind !== 'wait' && kind !== 'listen') await run.save();
      const call = callOf({ run, task, reference, instance, input, scope, frame, record });
      const work = tracedTask(run.world.services.tracing, call, kind, () => performed(call, kind));
      // A promise that never resolves would keep every race for ever, so there is none without a time-out.
      const awaited = timer ? Promise.race([work, timer.late]) : work;
      const outcome = awaited instanceof Promise ? await awaited : awaited;
      finish('completed', outcome.output, outcome.next);
      if (hasEffect || run.isHeavy()) await run.save();
      return outcome;
    } finally {
      timer?.cancel();
    }
  } catch (thrown) {
    if (thrown instanceof Stopped && isNews(thrown.reason)) emit(thrown.reason);
    if (isSignal(thrown)) throw thrown;
    // Whatever a call that was broken off says: it has not failed, it was stopped.
    if (run.hasEnded(outer) && isSignal(outer.signal.reason)) throw outer.signal.reason;
    run.endWaitsOf(reference);
    const error = faultOf(thrown, reference);
    record.status = 'faulted';
    record.error = JSON.stringify(error.error);
    record.ended_at = clock.now();
    run.note({ ...record });
    emit('faulted', { error: error.error });
    throw error;
  }

  function finish(status: 'completed' | 'skipped', output: unknown, next: string): void {
    record.status = status;
    record.output = text(run, output);
    record.next = next;
    record.ended_at = clock.now();
    record.context = null;
    if (run.context !== before) {
      record.context = text(run, run.context);
      // A clock that was set back changes no order.
      record.ended_at = Math.max(record.ended_at, run.contextAt);
      run.contextAt = record.ended_at;
    }
    run.note({ ...record });
    emit('completed', { output });
  }

  function emit(what: 'created' | 'started' | 'suspended' | 'cancelled' | 'faulted' | 'completed', more = {}): void {
    if (isLogged) lifecycleEvent(run, 'task', what, { task: reference, ...more });
  }
}

/** What ends the work for a while, and what leaves nothing behind, are no events of the task. */
function isNews(reason: Stopped['reason']): reason is 'cancelled' | 'suspended' {
  return reason === 'cancelled' || reason === 'suspended';
}

/** The record of a task that begins, or goes on after an earlier process. */
function newRecord(run: Run, reference: string, instance: string, earlier: TaskRecord | undefined): TaskRecord {
  const now = run.world.services.clock.now();
  return {
    execution_id: run.execution.id,
    reference,
    instance,
    status: 'running',
    input: null,
    output: null,
    error: null,
    context: null,
    next: null,
    attempts: earlier?.attempts ?? 0,
    // What began at a time that has not come yet was noted by a clock that was ahead.
    started_at: Math.min(earlier?.started_at ?? now, now),
    ended_at: null,
  };
}

/** The task as its kind sees it. */
function callOf(own: Omit<TaskCall, 'runList' | 'runBranch' | 'checkpoint'>): TaskCall {
  const { run, task, reference, instance, input, frame: outer, record } = own;
  return { ...own, checkpoint, runList, runBranch };

  async function checkpoint(make: () => Promise<unknown>): Promise<unknown> {
    if (record.output !== null) return JSON.parse(record.output);
    const made = await make();
    record.output = text(run, made);
    run.note({ ...record });
    return made;
  }

  function runList(list: TaskList, path: string, data: unknown, step?: string, variables?: Scope, frame = outer) {
    return runTasks(run, list, `${reference}/${path}`, data, {
      ...frame,
      instance: innerInstance(instance, step),
      variables: variables ? { ...outer.variables, ...variables } : outer.variables,
    });
  }

  async function runBranch(index: number, frame: Frame) {
    const [branch, inner] = entryOf(task.fork?.branches[index] ?? {});
    const path = `${reference}/fork/branches/${index}/${pointerStep(branch)}`;
    const inside = { ...frame, instance: innerInstance(instance, String(index)) };
    const outcome = await runTask(run, inner, branch, path, input, inside);
    return { ...outcome, output: await madeOf(outcome.output) };
  }
}

/** Does the task, at once where nothing is around it and it has nothing to wait for. */
function performed(call: TaskCall, kind: Kind): Outcome | Promise<Outcome> {
  const { run, task, reference, instance } = call;
  const isPlain = !task.output && !task.export && !run.definition.use?.extensions?.length;
  if (!isPlain || run.pinOf(reference, instance) !== undefined) return shaped(call, kind);
  const raw = run.world.kinds[kind](call);
  return raw instanceof Promise ? raw.then((made) => outcomeOf(task, made)) : outcomeOf(task, raw);
}

function outcomeOf(task: Task, { output, next }: Raw): Outcome {
  return { output, next: next ?? task.then ?? 'continue' };
}

/** Does the task, with the extensions around it, and shapes what it gives. */
async function shaped(call: TaskCall, kind: Kind): Promise<Outcome> {
  const { run, task, reference, instance, input, scope, frame } = call;
  const { definition } = run;
  const { extensions = [] } = definition.use ?? {};
  const around = extensions.length > 0 ? await extensionsFor(extensions, kind, input, scope) : [];
  const instead = around.length > 0 ? await runExtensions(call, around, 'before') : null;
  const pin = run.pinOf(reference, instance);
  const raw = instead ?? (pin === undefined ? await run.world.kinds[kind](call) : { output: pin });
  // What is inside may have exported; and from here on the task has an output.
  scope.context = run.context;
  if (!frame.variables.task && (task.output || task.export || around.length > 0))
    scope.task = { ...(scope.task as object), output: raw.output };
  const late = around.length > 0 ? await runExtensions(call, around, 'after') : null;
  if (late?.next === 'end') raw.next = 'end';
  const shape = (rule: Task['output']) =>
    transformed(rule, raw.output, { ...scope, output: raw.output }, 'output', reference);
  const output = task.output ? await shape(task.output) : raw.output;
  if (task.export) await exportTo(run, task, output, scope, reference);
  return outcomeOf(task, { ...raw, output });
}

/** What an earlier process recorded is not done again. What it gave is read when the next task needs it. */
function restored(run: Run, record: TaskRecord, rawInput: unknown): Outcome | Promise<Outcome> | null {
  if (record.status === 'faulted') return failedBefore(run, record);
  if (record.status !== 'completed' && record.status !== 'skipped') return null;
  const output = record.output === null ? rawInput : () => recorded(run, record, 'output');
  const outcome = { output, next: record.next ?? 'continue' };
  const endedAt = record.ended_at ?? 0;
  if (record.context === null || endedAt < run.contextAt) return outcome;
  run.contextAt = endedAt;
  return recorded(run, record, 'context').then((context) => {
    // What another branch exported later may have been read sooner.
    if (run.contextAt === endedAt) run.context = context;
    return outcome;
  });
}

async function failedBefore(run: Run, record: TaskRecord): Promise<never> {
  throw new Fault((await recorded(run, record, 'error')) as Fault['error']);
}

/** What a task began with in an earlier process, and what it had made of it when that ended. */
async function goOn(run: Run, begun: TaskRecord, record: TaskRecord, scope: Scope): Promise<unknown> {
  const input = await recorded(run, begun, 'input');
  record.input = text(run, input);
  if (begun.context !== null) {
    scope.context = await recorded(run, begun, 'context');
    record.context = text(run, scope.context);
  }
  if (begun.output !== null) record.output = text(run, await recorded(run, begun, 'output'));
  return input;
}

async function recorded(
  run: Run,
  record: TaskRecord,
  name: 'input' | 'output' | 'error' | 'context',
): Promise<unknown> {
  const stored = await run.textOf(record, name);
  return JSON.parse(unsealed(run.world.services, run.execution.id, stored ?? '{}'));
}

/** JSON within the limit. Throws a fault that says how large it is. */
function text(run: Run, value: unknown): string {
  const { maxDataBytes } = run.world.config;
  const known = knownJson(run, value);
  if (known !== null && known.length <= maxDataBytes) return known;
  // What holds the same part in many places would be written for ever.
  if (sizeOf(value, 2 * maxDataBytes) > 2 * maxDataBytes)
    throw fault('runtime', `A value is larger than ${maxDataBytes} bytes, which is the limit`);
  const json = JSON.stringify(value ?? null);
  if (json.length > maxDataBytes) {
    throw fault('runtime', `A value of ${json.length} bytes is larger than ${maxDataBytes}, which is the limit`);
  }
  noteJson(run, value, json);
  return json;
}

/** The frame of a task that has a time-out: what runs in it is ended when it is over, and `late` rejects. */
function timed(run: Run, task: Task, reference: string, record: TaskRecord, outer: Frame) {
  const ms = timeoutMs(task.timeout, run.definition);
  if (ms === null) return { frame: outer, timer: null };
  const { clock } = run.world.services;
  const at = record.started_at + ms;
  const abort = new AbortController();
  const signal = AbortSignal.any([outer.signal, abort.signal]);
  const deadline = outer.deadline && outer.deadline.at < at ? outer.deadline : { at, reference };
  let cancel = (): void => {};
  const late = new Promise<never>((_, reject) => {
    cancel = clock.after(at - clock.now(), () => {
      const error = fault('timeout', `The task took longer than ${ms} ms`, { instance: reference });
      abort.abort(error);
      reject(error);
    });
  });
  late.catch(() => {});
  return { frame: { ...outer, deadline, signal }, timer: { late, cancel } };
}

async function extensionsFor(
  extensions: NonNullable<NonNullable<Definition['use']>['extensions']>,
  kind: string,
  input: unknown,
  scope: Scope,
): Promise<Extension[]> {
  const composite = ['do', 'fork'];
  const found: Extension[] = [];
  for (const item of extensions) {
    const [, extension] = entryOf(item);
    const { extend, when } = extension;
    if (extend !== 'all' && extend !== kind && !(extend === 'composite' && composite.includes(kind))) continue;
    if (when === undefined || isTrue(await evaluateExpression(when, input, scope))) found.push(extension);
  }
  return found;
}

/**
 * Their outputs go nowhere, except that `then: exit` or `end` in `before` gives its output instead of the task's
 * (specification, "Extension"). Extensions do not extend one another.
 */
async function runExtensions(
  call: TaskCall,
  extensions: readonly Extension[],
  side: 'before' | 'after',
): Promise<{ output: unknown; next?: string } | null> {
  if (call.frame.instance.includes('extension')) return null;
  for (const [index, extension] of extensions.entries()) {
    const list = extension[side];
    if (!list) continue;
    const variables = { task: call.scope.task };
    const outcome = await call.runList(list, `extension/${side}`, call.input, `extension${index}`, variables);
    if (outcome.next === 'end') return { output: outcome.output, next: 'end' };
    if (outcome.hasExited) return { output: outcome.output };
  }
  return null;
}
