/** Executions: started, run, parked, woken, recovered after a crash. What is not in the database was not promised. */
import { randomUUID } from 'node:crypto';
import { codeOf, isAppError, messageOf } from '#core/errors.ts';
import type { Services, Transaction } from '#core/plugin.ts';
import type { WorkflowsConfig } from '../config.ts';
import { workflowErrors } from '../errors.ts';
import { type Definition, optionsOf, timeoutMs } from '../language/definition.ts';
import { durationMs } from '../language/durations.ts';
import { fault, faultOf } from '../language/faults.ts';
import type { ExecutionRow, Phase, TaskRow, WaitRow } from '../tables.ts';
import { taskKinds } from '../tasks/index.ts';
import { createBacklog } from './backlog.ts';
import { createChildren } from './children.ts';
import { recordCorrelations } from './correlations.ts';
import { transformed } from './data.ts';
import { baseScope, runTasks } from './interpreter.ts';
import { lifecycleEvent, lifecycleEvents } from './lifecycle.ts';
import { inputText, newExecution, type Start, slotOf } from './new-execution.ts';
import { createOutcomes, type Final } from './outcomes.ts';
import { createPlaces } from './places.ts';
import { createRun, type Execution, type Run, type TaskRecord, type World, withTexts } from './run.ts';
import { sealed, secretTexts } from './secret-texts.ts';
import { Parked, Stopped, Unsaved } from './signals.ts';
import { createSteering, forgetWaits, type Steering, wakeParent } from './steering.ts';
import { createWaker } from './waker.ts';

export interface Started {
  id: string;
  status: Phase;
  /** Resolves when it has ended, or after `ms` with null: it is in the database then. Ask at once. */
  ended(ms: number): Promise<Final | null>;
}

export interface Engine extends Steering {
  start(start: Start): Promise<Started>;
  /** Resolves when it has ended, or after `ms` or the signal with null. */
  waitFor(id: string, ms: number, signal?: AbortSignal): Promise<Final | null>;
  /** Looks at waits whose time has come. */
  poke(wakeAt: number | null): void;
  /** Told of records as they become durable. Gives a function that ends it. */
  watch(id: string, fn: (records: readonly TaskRecord[]) => void): () => void;
  begin(): Promise<void>;
  end(): Promise<void>;
  /** How much is in memory, for metrics and tests. */
  loaded(): number;
  /** Resolves when nothing runs and nothing is due. */
  idle(): Promise<void>;
}

/** Other replicas may take over an execution whose process has not said so long that it is alive. */
const LEASE_MS = 30_000;
const RENEW_MS = 5_000;
/** A task that does not hear that it should stop is left behind after this. */
const LONGEST_END_MS = 5_000;
const LOOK_MS = 1_000;
const RESUME_MS = 1_000;
const RELOAD_MS = 10_000;

export function createEngine(services: Services & { config: WorkflowsConfig }): Engine {
  const { db, clock, log, config, workflowCheckpoints, workflowDefinitions, workflowSecrets } = services;
  const isShared = !db.soleWriter;
  const owner = isShared ? randomUUID() : null;
  const runs = new Map<string, Run>();
  const watchers = new Map<string, Set<(records: readonly TaskRecord[]) => void>>();
  const underWay = new Set<Promise<unknown>>();
  let isRunning = false;
  let renewTimer: NodeJS.Timeout | undefined;
  let lookTimer: NodeJS.Timeout | undefined;
  let stopJumps = (): void => {};

  const places = createPlaces(config);
  const outcomes = createOutcomes(services);
  const shared = { db, clock, log, places, owner, isRunning: () => isRunning, track };
  const backlog = createBacklog({ ...shared, leaseMs: LEASE_MS, load });
  const waker = createWaker({ ...shared, runs, take: backlog.take });
  const world: World = {
    services,
    config,
    checkpoints: workflowCheckpoints,
    owner,
    kinds: taskKinds,
    log,
    ...createChildren(services, start),
    poke: waker.poke,
    saved: (id, records) => {
      for (const fn of watchers.get(id) ?? []) fn(records);
    },
  };

  const steering = createSteering({
    db,
    clock,
    runOf,
    isHere: places.has,
    isElsewhere,
    async ending(trx, row) {
      const { definition } = await workflowDefinitions.byId(row.definition_id);
      await planNext(trx, row, definition);
    },
    tell,
    ended(row) {
      if (row.slot) backlog.unblock();
      outcomes.tell(row);
      services.workflowTriggers.poke();
      waker.poke(0);
      backlog.pump();
    },
    opened,
  });

  return {
    ...steering,
    start,
    waitFor: outcomes.waitFor,
    poke: waker.poke,
    watch,
    begin,
    end,
    loaded: () => runs.size,
    idle,
  };

  async function start(given: Start): Promise<Started> {
    const { workflow, startKey = null } = given;
    const { definition } = workflow;
    if (!isRunning) throw workflowErrors.stopping();
    // The same event twice is rare, and the database refuses it anyway: that look is saved.
    if (startKey !== null && given.origin.kind !== 'event') {
      const earlier = await byStartKey(startKey);
      if (earlier) return startedEarlier(earlier);
    }
    const now = clock.now();
    const tenantId = workflow.row.tenant_id;
    const slot = await slotOf(workflow, given.input);
    const hasRoom = slot === null && backlog.isEmpty() && places.hasRoom(tenantId);
    const text = inputText(given.input, config);
    const names = definition.use?.secrets ?? [];
    const stored = names.length > 0 ? await workflowSecrets.values(tenantId, names) : {};
    const secrets = { ...stored, ...given.secrets };
    const hidden = [...secretTexts(secrets), ...(given.hidden ?? [])];
    const lease = { locked_by: owner, locked_until: isShared ? now + LEASE_MS : null };
    const place = hasRoom ? { status: 'running' as const, started_at: now, ...lease } : {};
    const execution: Execution = { ...newExecution(services, { given, text, hidden, slot, now }), ...place };
    const { id } = execution;
    const seal = (one: string): string => sealed(services, id, one, hidden);
    const records = given.records?.map((record) => withTexts({ ...record, execution_id: id }, seal)) ?? [];
    const values = [...(given.correlationId ? [given.correlationId] : []), ...(given.correlations ?? [])];
    const recorded = (trx: Transaction): Promise<void> => recordCorrelations(trx, execution, values);
    const isLazy = !given.isDurable && hasRoom && startKey === null && records.length === 0;
    if (hasRoom) places.reserve(execution);
    try {
      if (!isLazy) {
        const also = values.length > 0 ? [recorded] : [];
        const nothing = { newWaits: [], endedWaits: [], events: [] };
        await workflowCheckpoints.save({ owner: null, execution, tasks: records, ...nothing, also });
      }
    } catch (error) {
      if (hasRoom) places.release(execution);
      const earlier = startKey !== null && isTaken(error) ? await byStartKey(startKey) : null;
      if (!earlier) throw error;
      return startedEarlier(earlier);
    }
    const { status } = execution;
    if (!hasRoom) {
      opened();
      return { id, status, ended: (ms) => outcomes.waitFor(id, ms) };
    }
    const rows = records.map((record, index) => ({ ...record, id: index }));
    const run = createRun({ world, execution, definition, secrets, records: rows, waits: [], isSaved: !isLazy });
    if (isLazy && values.length > 0) run.also(recorded);
    // In the next turn: the caller may want to hear of the end, which may be near.
    track(Promise.resolve().then(() => work(run, true)));
    return {
      id,
      status,
      async ended(ms) {
        const final = await outcomes.next(id, ms);
        if (!final && runs.get(id) === run && !run.isSaved()) await run.save();
        return final;
      },
    };
  }

  /** From the first task to the last, or to where it waits. `isFirst`: not taken up again. */
  async function work(run: Run, isFirst: boolean): Promise<void> {
    const { execution, definition } = run;
    runs.set(execution.id, run);
    const limit = timeoutMs(definition.timeout, definition);
    const startedAt = execution.started_at ?? clock.now();
    const deadline = limit === null ? null : { at: startedAt + limit, reference: '/' };
    const timer = deadline && lateAt(deadline.at, `The workflow took longer than ${limit} ms`);
    const isLogged = run.options.logging !== 'none';
    try {
      if (execution.started_at === null) execution.started_at = startedAt;
      execution.status = 'running';
      if (isLogged) lifecycleEvent(run, 'workflow', isFirst ? 'started' : 'running');
      const base = baseScope(run);
      const input = await transformed(definition.input, run.input, base, 'input', '/');
      const frame = {
        instance: '',
        variables: {},
        deadline,
        signal: timer ? AbortSignal.any([run.signal, timer.signal]) : run.signal,
      };
      const tasks = runTasks(run, definition.do, '/do', input, frame);
      const outcome = await (timer ? Promise.race([tasks, aborted(timer.signal)]) : tasks);
      const scope = { ...base, context: run.context, output: outcome.output };
      const output = await transformed(definition.output, outcome.output, scope, 'output', '/');
      const text = JSON.stringify(output ?? null);
      if (text.length > config.maxDataBytes)
        throw fault('runtime', `The output has ${text.length} bytes, more than the limit`);
      execution.output = run.sealed(text);
      if (isLogged) lifecycleEvent(run, 'workflow', 'completed', { output });
      await finish(run, 'completed');
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
    const { execution } = run;
    try {
      if (thrown instanceof Unsaved) throw thrown;
      if (thrown instanceof Parked && run.stopReason() === null) {
        execution.status = 'waiting';
        if (isLogged) lifecycleEvent(run, 'workflow', 'waiting');
        unlock(execution);
        await run.save();
        unload(run);
        await steeredMeanwhile(run, null);
        // What came while it was put away is seen by this look.
        waker.poke(clock.now());
        return;
      }
      const reason = thrown instanceof Parked ? run.stopReason() : thrown instanceof Stopped ? thrown.reason : null;
      if (reason !== null) {
        if (reason === 'cancelled') {
          if (isLogged) lifecycleEvent(run, 'workflow', 'cancelled');
          run.also((trx) => forgetWaits(trx, execution.id));
          return await finish(run, 'cancelled');
        }
        if (reason === 'suspended') {
          execution.status = 'suspended';
          if (isLogged) lifecycleEvent(run, 'workflow', 'suspended');
        }
        unlock(execution);
        if (run.isSaved() || reason === 'suspended') await run.save();
        unload(run);
        await steeredMeanwhile(run, reason);
        return;
      }
      const error = faultOf(thrown, '/');
      if (error.error.type.endsWith('/runtime') && error.cause) {
        const text = run.masked(JSON.stringify(messageOf(error.cause)));
        log.info({ execution: execution.id, reason: JSON.parse(text) }, 'An execution has failed');
      }
      execution.error = run.masked(JSON.stringify(error.error));
      if (isLogged) lifecycleEvent(run, 'workflow', 'faulted', { error: error.error });
      run.also((trx) => forgetWaits(trx, execution.id));
      await finish(run, 'faulted');
    } catch (error) {
      // It stays open in the database, and is taken up again.
      log.error(
        { err: error instanceof Unsaved ? error.cause : error, execution: execution.id },
        'What an execution did could not be saved; it is tried again from what is saved',
      );
      unload(run);
      if (!run.isSaved()) {
        const { error: unsaved } = fault('runtime', 'The execution could not be saved; nothing of it is kept');
        outcomes.tell({ ...execution, status: 'faulted', output: null, error: JSON.stringify(unsaved) });
      }
      backlog.add();
      clock.after(RESUME_MS, backlog.pump);
    }
  }

  /** What was asked of it while it was being put away has found neither it nor its row. */
  async function steeredMeanwhile(run: Run, done: ReturnType<Run['stopReason']>): Promise<void> {
    if (done === 'shutdown') return;
    const { id } = run.execution;
    const row = isShared ? await db.write('workflows_executions').where({ id }).first('request') : undefined;
    const asked = [run.stopReason(), row?.request];
    const isCancelled = asked.includes('cancelled') || asked.includes('cancel');
    const isSuspended = done !== 'suspended' && (asked.includes('suspended') || asked.includes('suspend'));
    if (!isCancelled && !isSuspended) return;
    await steering[isCancelled ? 'cancel' : 'suspend'](id).catch((error) => {
      if (!isAppError(error)) throw error;
    });
  }

  async function finish(run: Run, status: 'completed' | 'faulted' | 'cancelled'): Promise<void> {
    const { execution, definition, options } = run;
    execution.status = status;
    execution.ended_at = clock.now();
    unlock(execution);
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
    if (!isSilent || run.isSaved() || status !== 'completed') await run.save();
    unload(run);
    if (execution.parent_id) waker.poke(0);
    if (definition.schedule?.after !== undefined) services.workflowTriggers.poke();
    outcomes.tell(execution);
  }

  /** `schedule.after` counts from the end, however it came. */
  async function planNext(trx: Transaction, execution: Execution, { schedule }: Definition): Promise<void> {
    if (schedule?.after === undefined || execution.ended_at === null) return;
    const next_at = execution.ended_at + (durationMs(schedule.after) ?? 0);
    await trx('workflows_schedules').where({ workflow_id: execution.workflow_id }).update({ next_at });
  }

  function unload(run: Run): void {
    const { execution } = run;
    if (!runs.delete(execution.id)) return;
    places.release(execution);
    if (execution.slot) backlog.unblock();
    if (!backlog.isEmpty() || execution.slot) backlog.pump();
  }

  function opened(): void {
    backlog.add();
    backlog.pump();
  }

  function unlock(execution: Execution): void {
    execution.locked_by = null;
    execution.locked_until = null;
  }

  function track(promise: Promise<unknown>): void {
    underWay.add(promise);
    void promise.finally(() => underWay.delete(promise));
  }

  /** Reads what it has done so far, and goes on from there. The place is reserved already. */
  async function load(row: ExecutionRow): Promise<void> {
    let run: Run;
    try {
      const { seq: _seq, ...execution } = row;
      const now = clock.now();
      Object.assign(execution, {
        status: 'running',
        started_at: row.started_at ?? now,
        ...(isShared && { locked_by: owner, locked_until: now + LEASE_MS }),
      });
      const { definition } = await workflowDefinitions.byId(row.definition_id);
      const records: TaskRow[] = await db.write('workflows_tasks').where({ execution_id: row.id }).orderBy('id');
      const waits: WaitRow[] = await db.write('workflows_waits').where({ execution_id: row.id });
      const stored = await workflowSecrets.values(row.tenant_id, definition.use?.secrets ?? []);
      const origin = JSON.parse(row.origin);
      const own = origin.$secrets
        ? JSON.parse(services.secrets.open('workflows.start', origin.$secrets).toString())
        : {};
      run = createRun({ world, execution, definition, secrets: { ...stored, ...own }, records, waits, isSaved: true });
    } catch (error) {
      // It stays open, and keeps its place until then: a database that cannot be read now can be read later.
      log.error({ err: error, execution: row.id }, 'An execution could not be loaded; it is tried again');
      clock.after(RELOAD_MS, () => {
        places.release(row);
        opened();
      });
      return;
    }
    await work(run, row.status === 'pending');
  }

  /** What happens to an execution that is not in memory, and to those of its tasks that are under way. */
  async function tell(trx: Transaction, row: ExecutionRow, what: 'cancelled' | 'suspended' | 'resumed'): Promise<void> {
    const found = await trx('workflows_definitions').where({ id: row.definition_id }).first('definition');
    if (!found) return;
    const definition: Definition = JSON.parse(found.definition);
    if (optionsOf(definition).logging === 'none') return;
    const told = { execution: row, definition, now: clock.now(), isHeard: services.workflowEvents.isHeard };
    const events = lifecycleEvents(told, 'workflow', what);
    const open = await trx('workflows_tasks')
      .where({ execution_id: row.id })
      .whereIn('status', ['running', 'waiting'])
      .orderBy('id')
      .select('reference');
    for (const { reference } of open) events.push(...lifecycleEvents(told, 'task', what, { task: reference }));
    for (const event of events) await services.events.publish(trx, event);
  }

  /** The run in memory; what is being read from the database is waited for. */
  async function runOf(id: string): Promise<Run | undefined> {
    while (places.has(id) && !runs.has(id)) await new Promise((resolve) => setTimeout(resolve, 5));
    return runs.get(id);
  }

  function isElsewhere({ locked_by, locked_until }: ExecutionRow): boolean {
    return isShared && locked_by !== null && locked_by !== owner && (locked_until ?? 0) > clock.now();
  }

  function watch(id: string, fn: (records: readonly TaskRecord[]) => void): () => void {
    const set = watchers.get(id) ?? new Set();
    set.add(fn);
    watchers.set(id, set);
    return () => {
      set.delete(fn);
      if (set.size === 0) watchers.delete(id);
    };
  }

  // ── Life ────────────────────────────────────────────────────────────────────────────────────────────────────

  async function begin(): Promise<void> {
    isRunning = true;
    stopJumps = clock.onJump(() => {
      waker.lookAnew();
      backlog.pump();
    });
    opened();
    waker.look();
    if (!isShared) return;
    // Of the real time, not the clock's: it is about other processes.
    renewTimer = setInterval(() => {
      track(renew().catch((error) => log.error({ err: error }, 'Leases of executions could not be renewed')));
    }, RENEW_MS);
    lookTimer = setInterval(waker.look, LOOK_MS);
    renewTimer.unref();
    lookTimer.unref();
  }

  /** Says that this process is alive, and hears what others ask of its executions. */
  async function renew(): Promise<void> {
    const locked_until = clock.now() + LEASE_MS;
    const ids = [...runs.keys()];
    for (const run of runs.values()) run.execution.locked_until = locked_until;
    if (ids.length > 0) {
      await db.write('workflows_executions').whereIn('id', ids).where({ locked_by: owner }).update({ locked_until });
      const asked = await db
        .write('workflows_executions')
        .whereIn('id', ids)
        .whereNotNull('request')
        .select('id', 'request');
      for (const { id, request } of asked) runs.get(id)?.stop(request === 'cancel' ? 'cancelled' : 'suspended');
    }
    // Places may have become free in another replica.
    backlog.unblock();
    opened();
  }

  async function end(): Promise<void> {
    isRunning = false;
    stopJumps();
    waker.end();
    clearInterval(renewTimer);
    clearInterval(lookTimer);
    for (const run of runs.values()) run.stop('shutdown');
    const patience = clockless(LONGEST_END_MS);
    while (underWay.size > 0) {
      const isLate = await Promise.race([
        Promise.allSettled([...underWay]).then(() => false),
        patience.then(() => true),
      ]);
      if (!isLate) continue;
      log.warn({ left: underWay.size }, 'Executions did not stop in time; the next start goes on with them');
      return;
    }
  }

  async function idle(): Promise<void> {
    for (;;) {
      while (underWay.size > 0) await Promise.allSettled([...underWay]);
      const open = await db.write('workflows_executions').whereIn('status', ['pending', 'running']).first('id');
      if (!open || backlog.isBlocked()) return;
      backlog.pump();
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  function startedEarlier({ id, status }: ExecutionRow): Started {
    return { id, status, ended: (ms) => outcomes.waitFor(id, ms) };
  }

  async function byStartKey(start_key: string): Promise<ExecutionRow | undefined> {
    return db.write('workflows_executions').where({ start_key }).first();
  }
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true }));
}

/** Real time, not the clock's: the process ends whatever a test does with its time. */
function clockless(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref());
}

function isTaken(error: unknown): boolean {
  return codeOf(error) === '23505' || codeOf(error).startsWith('SQLITE_CONSTRAINT');
}
