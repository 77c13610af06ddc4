/** One execution in memory: from its first task to its last, or to where it waits, is stopped, or cannot be saved. */

import { isAppError, isUnavailable, messageOf } from '#core/kit.ts';
import type { WorkflowsConfig } from '../config.ts';
import { timeoutMs } from '../language/definition.ts';
import { fault, faultOf } from '../language/faults.ts';
import { noteEnd } from './activity.ts';
import { Parked, Stopped, Unsaved } from './control-flow.ts';
import { transformed } from './data.ts';
import type { EngineContext } from './engine-context.ts';
import type { ExecutionCommands } from './execution-commands.ts';
import { runTasks } from './interpreter.ts';
import { knownJson } from './latest-json.ts';
import { lifecycleEvent } from './lifecycle.ts';
import type { Frame, Run } from './model.ts';
import { wakeParent } from './parent-child.ts';
import type { EngineServices } from './ports.ts';
import { baseScope } from './scopes.ts';
import { MOVES, type Move } from './states.ts';
import { tracedRun } from './traced.ts';
import { deleteWaits, planNext } from './transitions.ts';

/** `isFirst`: not taken up again. */
export type Work = (run: Run, isFirst: boolean) => Promise<void>;

/** `commands`: for what was asked of an execution while it was being put away. */
export function createWork(
  { runs, owner, outcomes, backoff, events }: EngineContext,
  services: EngineServices & { config: WorkflowsConfig },
  commands: Pick<ExecutionCommands, 'cancel' | 'suspend'>,
): Work {
  const { db, clock, log, config, tracing } = services;
  return (run, isFirst) => tracedRun(tracing, run, () => work(run, isFirst));

  async function work(run: Run, isFirst: boolean): Promise<void> {
    const { execution, definition } = run;
    runs.set(execution.id, run);
    const limit = timeoutMs(definition.timeout, definition);
    const startedAt = execution.started_at ?? clock.now();
    const deadline = limit === null ? null : { at: startedAt + limit, reference: '/' };
    const timer = deadline && lateAt(deadline.at, `The workflow took longer than ${limit} ms`);
    const isLogged = run.options.logging !== 'none';
    try {
      Object.assign(execution, MOVES.begin.written(execution, startedAt));
      if (isLogged) lifecycleEvent(run, 'workflow', isFirst ? MOVES.begin.event : 'running');
      const base = baseScope(run);
      const { input: rule, output: shape } = definition;
      const input = rule ? await transformed(rule, run.input, base, 'input', '/') : run.input;
      const signal = timer && AbortSignal.any([run.signal, timer.signal]);
      const frame: Frame = {
        instance: '',
        variables: {},
        deadline,
        get signal() {
          return signal ?? run.signal;
        },
      };
      const tasks = runTasks(run, definition.do, '/do', input, frame);
      const outcome = await (timer ? Promise.race([tasks, aborted(timer.signal)]) : tasks);
      const scope = () => ({ ...base, context: run.context, output: outcome.output });
      const output = shape ? await transformed(shape, outcome.output, scope(), 'output', '/') : outcome.output;
      const text = knownJson(run, output) ?? JSON.stringify(output ?? null);
      if (text.length > config.maxDataBytes)
        throw fault('runtime', `The output has ${text.length} bytes, more than the limit`);
      execution.output = run.sealed(text);
      if (isLogged) lifecycleEvent(run, 'workflow', MOVES.complete.event, { output });
      await finish(run, MOVES.complete);
    } catch (thrown) {
      await stopped(run, thrown, isLogged);
    } finally {
      timer?.cancel();
    }
  }

  /** Its signal is aborted with a time-out fault at that time. */
  function lateAt(at: number, message: string): { signal: AbortSignal; cancel(): void } {
    const abort = new AbortController();
    const end = (): void => abort.abort(fault('timeout', message, { instance: '/' }));
    return { signal: abort.signal, cancel: clock.after(at - clock.now(), end) };
  }

  async function stopped(run: Run, thrown: unknown, isLogged: boolean): Promise<void> {
    try {
      if (thrown instanceof Unsaved) throw thrown;
      if (thrown instanceof Parked && run.stopReason() === null) return await putAway(run, isLogged);
      const reason = thrown instanceof Parked ? run.stopReason() : thrown instanceof Stopped ? thrown.reason : null;
      if (reason === null) return await failed(run, thrown, isLogged);
      await leave(run, reason, isLogged);
    } catch (error) {
      unsaved(run, error instanceof Unsaved ? error.cause : error);
    }
  }

  /** It waits. */
  async function putAway(run: Run, isLogged: boolean): Promise<void> {
    Object.assign(run.execution, MOVES.wait.written());
    if (isLogged) lifecycleEvent(run, 'workflow', MOVES.wait.event);
    await saveStopped(run);
    unload(run);
    await commandedMeanwhile(run, null);
    // What came while it was put away is seen by this look.
    events.due(clock.now());
  }

  /** Somebody, or something, has stopped it. */
  async function leave(run: Run, reason: Stopped['reason'], isLogged: boolean): Promise<void> {
    const { execution } = run;
    if (reason === 'erased') {
      unload(run);
      outcomes.publish({ ...execution, status: 'cancelled', output: null, error: null });
      return;
    }
    if (reason === 'cancelled') {
      if (isLogged) lifecycleEvent(run, 'workflow', MOVES.cancel.event);
      run.also((trx) => deleteWaits(trx, services, execution));
      return finish(run, MOVES.cancel);
    }
    if (reason === 'suspended') {
      Object.assign(execution, MOVES.suspend.written());
      if (isLogged) lifecycleEvent(run, 'workflow', MOVES.suspend.event);
    }
    // Of what nobody was told, nothing has to outlive the process.
    if (run.isSaved() || reason !== 'shutdown') await saveStopped(run);
    unload(run);
    await commandedMeanwhile(run, reason);
  }

  async function failed(run: Run, thrown: unknown, isLogged: boolean): Promise<void> {
    const { execution } = run;
    const error = faultOf(thrown, '/');
    if (error.error.type.endsWith('/runtime') && error.cause) {
      const text = run.masked(JSON.stringify(messageOf(error.cause)));
      log.info({ execution: execution.id, reason: JSON.parse(text) }, 'An execution has failed');
    }
    execution.error = run.masked(JSON.stringify(error.error));
    if (isLogged) lifecycleEvent(run, 'workflow', MOVES.fail.event, { error: error.error });
    run.also((trx) => deleteWaits(trx, services, execution));
    await finish(run, MOVES.fail);
  }

  /** It stays open in the database, and is taken up again: so often, and not at once. */
  function unsaved(run: Run, cause: unknown): void {
    const { execution } = run;
    log.error(
      { err: cause, execution: execution.id },
      'What an execution did could not be saved; it is tried again from what is saved',
    );
    if (run.isSaved()) {
      // A database that is gone is no fault of the execution.
      const failures = isUnavailable(cause) ? 0 : execution.failures;
      backoff.backOff(execution.id, failures, run.masked(JSON.stringify(messageOf(cause))));
      unload(run);
      return;
    }
    unload(run);
    const { error } = fault('runtime', 'The execution could not be saved; nothing of it is kept');
    outcomes.publish({ ...execution, status: 'faulted', output: null, error: JSON.stringify(error) });
  }

  /** What was asked of it while it was being put away has found neither it nor its row. */
  async function commandedMeanwhile(run: Run, done: ReturnType<Run['stopReason']>): Promise<void> {
    if (done === 'shutdown') return;
    const { id } = run.execution;
    const row = owner !== null ? await db.write('workflows_executions').where({ id }).first('request') : undefined;
    const asked = [run.stopReason(), row?.request];
    const isCancelled = asked.includes('cancelled') || asked.includes('cancel');
    const isSuspended = done !== 'suspended' && (asked.includes('suspended') || asked.includes('suspend'));
    if (!isCancelled && !isSuspended) return;
    await commands[isCancelled ? 'cancel' : 'suspend'](id).catch((error) => {
      if (!isAppError(error)) throw error;
    });
  }

  async function finish(run: Run, move: Move): Promise<void> {
    const { execution, definition, options } = run;
    Object.assign(execution, move.written(execution, clock.now()));
    const isSilent = options.logging === 'none';
    if (execution.parent_id) {
      const { parent_id } = execution;
      run.also((trx) => wakeParent(trx, parent_id, execution.id));
    }
    if (definition.schedule?.after !== undefined) run.also((trx) => planNext(trx, execution, definition));
    if (isSilent && run.isSaved()) {
      run.also(async (trx) => void (await trx('workflows_tasks').where({ execution_id: execution.id }).delete()));
    }
    // Nobody was told of it, and nobody wants a log: there is nothing to keep.
    if (!isSilent || run.isSaved() || move !== MOVES.complete) await saveStopped(run);
    unload(run);
    if (execution.parent_id) events.due(0);
    if (definition.schedule?.after !== undefined) events.planned();
    noteEnd(services, execution);
    outcomes.publish(execution);
  }

  /** With it, nobody has it any more, and nothing is held against it. */
  async function saveStopped(run: Run): Promise<void> {
    Object.assign(run.execution, { locked_by: null, locked_until: null, failures: 0 });
    await run.save();
  }

  function unload(run: Run): void {
    const { execution } = run;
    if (runs.delete(execution.id)) events.unloaded(execution);
  }
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true }));
}
