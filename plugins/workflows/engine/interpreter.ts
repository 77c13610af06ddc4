/** Runs lists of tasks: what all kinds of tasks have in common, in the order that the specification gives. */
import {
  type Definition,
  type Extension,
  entryOf,
  kindOf,
  pointerStep,
  type Task,
  type TaskList,
  timeoutMs,
} from '../language/definition.ts';
import { evaluateExpression, isTrue, type Scope } from '../language/expressions.ts';
import { Fault, fault, faultOf } from '../language/faults.ts';
import { exported, transformed } from './data.ts';
import { lifecycleEvent } from './lifecycle.ts';
import { type Frame, type Run, type TaskRecord, unsealed } from './run.ts';
import { isSignal } from './signals.ts';

/** What a list or a task ended with. `next` is a flow directive: `continue`, `exit`, `end`, or the name of a task. */
export interface Outcome {
  output: unknown;
  next: string;
}

/** A task as its kind sees it. */
export interface TaskCall {
  run: Run;
  task: Task;
  /** JSON pointer of the task. */
  reference: string;
  /** This run of it: unique in the execution together with the reference. */
  instance: string;
  input: unknown;
  scope: Scope;
  frame: Frame;
  record: TaskRecord;
  /** Runs a list inside this task; `step` tells several runs of the same list apart. */
  runList(
    list: TaskList,
    path: string,
    input: unknown,
    step?: string,
    variables?: Scope,
    frame?: Frame,
  ): Promise<Outcome>;
}

/** Gives the raw output, and a flow directive when the kind decides on one. */
export type TaskKind = (call: TaskCall) => Promise<{ output: unknown; next?: string }>;

/** As the columns of the records have it. */
const LONGEST_REFERENCE = 500;
const LONGEST_INSTANCE = 200;

/** Kinds with effects: everything before them is saved first, and their result at once. */
const EFFECTS = new Set(['call', 'run', 'emit', 'listen', 'wait']);

export async function runTasks(run: Run, list: TaskList, base: string, input: unknown, frame: Frame): Promise<Outcome> {
  let data = input;
  for (let index = 0; index < list.length; ) {
    const item = list[index];
    if (!item) break;
    const [name, task] = entryOf(item);
    const { output, next } = await runTask(run, task, name, `${base}/${index}/${pointerStep(name)}`, data, frame);
    data = output;
    if (next === 'continue') index++;
    else if (next === 'exit') return { output: data, next: 'continue' };
    else if (next === 'end') return { output: data, next };
    else {
      index = list.findIndex((other) => entryOf(other)[0] === next);
      if (index < 0) throw fault('configuration', `There is no task '${next}' to go to`, { instance: base });
    }
  }
  return { output: data, next: 'continue' };
}

async function runTask(
  run: Run,
  task: Task,
  name: string,
  reference: string,
  rawInput: unknown,
  outer: Frame,
): Promise<Outcome> {
  run.check(outer);
  const times = run.visit(`${reference} ${outer.instance}`);
  const instance = times === 0 ? outer.instance : `${outer.instance}@${times}`;
  if (reference.length > LONGEST_REFERENCE || instance.length > LONGEST_INSTANCE) {
    throw fault('configuration', 'Tasks are nested too deeply, or their names are too long');
  }
  const earlier = run.recordOf(reference, instance);
  if (earlier) {
    const done = restored(run, earlier, rawInput);
    if (done) return done;
  }
  const kind = kindOf(task);
  if (!kind) throw fault('configuration', 'The task has no kind', { instance: reference });
  const { clock } = run.world.services;
  const record: TaskRecord = {
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
    started_at: earlier?.started_at ?? clock.now(),
    ended_at: null,
  };
  const isLogged = run.options.logging !== 'none';
  const hasEffect = EFFECTS.has(kind);
  // A time-out counts from the start that is written down.
  const isKept = hasEffect || isLogged || task.timeout !== undefined;
  const before = run.context;
  try {
    const { frame, done } = timed(run, task, reference, record, outer);
    try {
      const scope = scopeOf(run, name, task, reference, record, rawInput, frame);
      if (task.if !== undefined && !isTrue(evaluateExpression(task.if, rawInput, scope))) {
        finish('skipped', rawInput, 'continue');
        return { output: rawInput, next: 'continue' };
      }
      const input = transformed(task.input, rawInput, scope, 'input', reference, run.definition);
      scope.input = input;
      record.input = text(run, input);
      if (isKept) run.note({ ...record });
      emit('started');
      if (hasEffect && kind !== 'wait' && kind !== 'listen') await run.save();
      const work = async (): Promise<Outcome> => {
        const runList: TaskCall['runList'] = (list, path, data, step, variables, inner = frame) =>
          runTasks(run, list, `${reference}/${path}`, data, {
            ...inner,
            instance: step === undefined ? instance : `${instance === '' ? '' : `${instance}.`}${step}`,
            variables: variables ? { ...frame.variables, ...variables } : frame.variables,
          });
        const call: TaskCall = { run, task, reference, instance, input, scope, frame, record, runList };
        const around = extensionsFor(run.definition, kind, input, scope);
        await runExtensions(call, around, 'before');
        const pin = run.pins[reference];
        const raw = pin === undefined ? await run.world.kinds[kind](call) : { output: pin };
        await runExtensions(call, around, 'after');
        const output = transformed(
          task.output,
          raw.output,
          { ...scope, output: raw.output },
          'output',
          reference,
          run.definition,
        );
        if (task.export) run.context = exported(task, output, scope, reference, run.definition);
        return { output, next: raw.next ?? task.then ?? 'continue' };
      };
      const outcome = await Promise.race([work(), done.promise]);
      finish('completed', outcome.output, outcome.next);
      if (hasEffect) await run.save();
      return outcome;
    } finally {
      done.cancel();
    }
  } catch (thrown) {
    if (isSignal(thrown)) throw thrown;
    // Whatever a call that was broken off says: it has not failed, it was stopped.
    if (outer.signal.aborted && isSignal(outer.signal.reason)) throw outer.signal.reason;
    run.endWaitsOf(reference);
    const error = faultOf(thrown, reference);
    record.status = 'faulted';
    record.error = JSON.stringify(error.error);
    record.ended_at = clock.now();
    run.note({ ...record });
    emit('faulted');
    throw error;
  }

  function finish(status: 'completed' | 'skipped', output: unknown, next: string): void {
    record.status = status;
    record.output = text(run, output);
    record.next = next;
    record.ended_at = clock.now();
    if (run.context !== before) {
      record.context = text(run, run.context);
      // A clock that was set back changes no order.
      record.ended_at = Math.max(record.ended_at, run.contextAt);
      run.contextAt = record.ended_at;
    }
    if (isKept) run.note({ ...record });
    emit(status === 'skipped' ? 'skipped' : 'completed');
  }

  function emit(what: string): void {
    if (isLogged)
      lifecycleEvent(run, 'task', what, { task: reference, ...(record.error && { error: JSON.parse(record.error) }) });
  }
}

/** What an earlier process recorded is not done again. */
function restored(run: Run, record: TaskRecord, rawInput: unknown): Outcome | null {
  const { services } = run.world;
  if (record.status === 'faulted') {
    throw new Fault(JSON.parse(unsealed(services, run.execution.id, record.error ?? '{}')));
  }
  if (record.status !== 'completed' && record.status !== 'skipped') return null;
  if (record.context !== null && (record.ended_at ?? 0) >= run.contextAt) {
    run.context = JSON.parse(unsealed(services, run.execution.id, record.context));
    run.contextAt = record.ended_at ?? 0;
  }
  const output = record.output === null ? rawInput : JSON.parse(unsealed(services, run.execution.id, record.output));
  return { output, next: record.next ?? 'continue' };
}

function scopeOf(
  run: Run,
  name: string,
  task: Task,
  reference: string,
  record: TaskRecord,
  input: unknown,
  frame: Frame,
): Scope {
  const base = baseScope(run);
  return {
    ...base,
    ...frame.variables,
    context: run.context,
    input,
    output: null,
    // In an extension it is the task that is extended.
    task: frame.variables.task ?? { name, reference, definition: task, input, startedAt: moment(record.started_at) },
  };
}

const bases = new WeakMap<Run, Scope>();

/** What is the same for all tasks of an execution. */
export function baseScope(run: Run): Scope {
  const found = bases.get(run);
  if (found) return found;
  const { execution, definition } = run;
  const base: Scope = {
    context: null,
    input: null,
    output: null,
    secrets: run.secrets,
    authorization: null,
    task: null,
    workflow: {
      id: execution.id,
      definition,
      input: run.input,
      startedAt: moment(execution.started_at ?? execution.created_at),
    },
    runtime: { name: 'patchbay', version: '1.0.0', metadata: {} },
  };
  bases.set(run, base);
  return base;
}

/** The time as the specification's DateTime descriptor. */
function moment(ms: number): object {
  return { iso8601: new Date(ms).toISOString(), epoch: { seconds: Math.floor(ms / 1000), milliseconds: ms } };
}

/** JSON within the limit. Throws a fault that says how large it is. */
function text(run: Run, value: unknown): string {
  const json = JSON.stringify(value ?? null);
  const { maxDataBytes } = run.world.config;
  if (json.length > maxDataBytes) {
    throw fault('runtime', `A value of ${json.length} bytes is larger than ${maxDataBytes}, which is the limit`);
  }
  return json;
}

const NEVER = { promise: new Promise<never>(() => {}), cancel: () => {} };

/** The frame of a task that has a time-out: what runs in it is ended when it is over. */
function timed(run: Run, task: Task, reference: string, record: TaskRecord, outer: Frame) {
  const ms = timeoutMs(task.timeout, run.definition);
  if (ms === null) return { frame: outer, done: NEVER };
  const { clock } = run.world.services;
  const at = record.started_at + ms;
  const late = (): Fault => fault('timeout', `The task took longer than ${ms} ms`, { instance: reference });
  const abort = new AbortController();
  const signal = AbortSignal.any([outer.signal, abort.signal]);
  const deadline = outer.deadline && outer.deadline.at < at ? outer.deadline : { at, reference };
  let cancel = (): void => {};
  const promise = new Promise<never>((_, reject) => {
    cancel = clock.after(at - clock.now(), () => {
      const error = late();
      abort.abort(error);
      reject(error);
    });
  });
  promise.catch(() => {});
  return { frame: { ...outer, deadline, signal }, done: { promise, cancel } };
}

function extensionsFor(definition: Definition, kind: string, input: unknown, scope: Scope): Extension[] {
  const all = definition.use?.extensions;
  if (!all) return [];
  const composite = ['do', 'fork'];
  return all
    .map((item) => entryOf(item)[1])
    .filter(({ extend }) => extend === 'all' || extend === kind || (extend === 'composite' && composite.includes(kind)))
    .filter(({ when }) => when === undefined || isTrue(evaluateExpression(when, input, scope)));
}

/** Their outputs go nowhere: an extension watches, it does not change the data. Extensions do not extend one another. */
async function runExtensions(
  call: TaskCall,
  extensions: readonly Extension[],
  side: 'before' | 'after',
): Promise<void> {
  if (extensions.length === 0 || call.frame.instance.includes('extension')) return;
  for (const [index, extension] of extensions.entries()) {
    const list = extension[side];
    if (list) await call.runList(list, `extension/${side}`, call.input, `extension${index}`, { task: call.scope.task });
  }
}
