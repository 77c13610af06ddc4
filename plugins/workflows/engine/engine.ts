/** Executions: started, run, parked, woken, recovered after a crash. What is not in the database was not promised. */
import { randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import { codeOf, isAppError, messageOf } from '#core/errors.ts';
import type { Services, Transaction } from '#core/plugin.ts';
import type { WorkflowsConfig } from '../config.ts';
import { workflowErrors } from '../errors.ts';
import { type Definition, optionsOf, timeoutMs } from '../language/definition.ts';
import { durationMs } from '../language/durations.ts';
import { evaluateExpression } from '../language/expressions.ts';
import { type DslError, fault, faultOf } from '../language/faults.ts';
import type { ActiveWorkflow } from '../services/definitions.ts';
import type { ExecutionRow, Phase, TaskRow, WaitRow } from '../tables.ts';
import { taskKinds } from '../tasks/index.ts';
import { correlationIdOf, recordCorrelations } from './correlations.ts';
import { transformed } from './data.ts';
import { newExecutionId } from './execution-ids.ts';
import { baseScope, runTasks } from './interpreter.ts';
import { lifecycleEvent, lifecycleEvents } from './lifecycle.ts';
import { createRun, type Execution, type Run, type TaskRecord, type World, withTexts } from './run.ts';
import { hiddenIn, sealed, secretTexts, unsealed } from './secret-texts.ts';
import { Parked, Stopped, Unsaved } from './signals.ts';
import { createSteering, forgetWaits, type Steering, wakeParent } from './steering.ts';

export interface Start {
  workflow: ActiveWorkflow;
  input: unknown;
  /** What started it: for people. */
  origin: Record<string, unknown>;
  startKey?: string | null;
  /** Goes on to the executions and events that this one starts. */
  correlationId?: string | null;
  /** Other values by which it is found. */
  correlations?: readonly string[];
  depth?: number;
  parentId?: string | null;
  /** Texts that nobody may see in its input and records. */
  hidden?: Iterable<string>;
  /** On top of those that the workflow names. */
  secrets?: Record<string, unknown>;
  pins?: Record<string, unknown> | null;
  replayOf?: string | null;
  /** Records of the execution that this one goes on from. */
  records?: readonly TaskRecord[];
  /** True: it is in the database before this resolves. False: `done` is the first thing that anybody learns of it. */
  isDurable: boolean;
}

export interface Final {
  id: string;
  status: Phase;
  output: unknown;
  error: DslError | null;
}

export interface Started {
  id: string;
  status: Phase;
  /** Resolves when it has ended; never rejects. Ask at once: what nobody waits for is not kept in mind. */
  done(): Promise<Final>;
}

export interface Engine extends Steering {
  start(start: Start): Promise<Started>;
  /** Resolves when it has ended, or after `ms` or the signal with null. */
  waitFor(id: string, ms: number, signal?: AbortSignal): Promise<Final | null>;
  /** Takes up what is open and has room. */
  pump(): void;
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
const WAKES_PER_LOOK = 200;
const LONGEST_SLEEP_MS = 60_000;
/** A task that does not hear that it should stop is left behind after this. */
const LONGEST_END_MS = 5_000;
const SHARED_SLEEP_MS = 1_000;
const RELOAD_MS = 10_000;

export function createEngine(services: Services & { config: WorkflowsConfig }): Engine {
  const { db, clock, log, config, workflowCheckpoints, workflowDefinitions, workflowSecrets } = services;
  const me = randomUUID();
  const isShared = !db.soleWriter;
  const runs = new Map<string, Run>();
  const perTenant = new Map<string, number>();
  const finals = new Map<string, Set<(final: Final) => void>>();
  const watchers = new Map<string, Set<(records: readonly TaskRecord[]) => void>>();
  const underWay = new Set<Promise<unknown>>();
  const blockedSlots = new Set<string>();
  const loading = new Set<string>();
  let hasBacklog = false;
  let isRunning = false;
  let pumping: Promise<void> | null = null;
  let looking: Promise<void> | null = null;
  let lookAgain = false;
  let nextLook = Number.POSITIVE_INFINITY;
  let cancelLook = (): void => {};
  let renewTimer: NodeJS.Timeout | undefined;
  let lookTimer: NodeJS.Timeout | undefined;
  let stopJumps = (): void => {};

  const world: World = {
    services,
    config,
    checkpoints: workflowCheckpoints,
    owner: isShared ? me : null,
    kinds: taskKinds,
    log,
    startChild,
    childOutcome,
    poke,
    saved: (id, records) => {
      for (const fn of watchers.get(id) ?? []) fn(records);
    },
  };

  const steering = createSteering({
    db,
    clock,
    runOf,
    isHere: (id) => loading.has(id),
    isElsewhere,
    async ending(trx, row) {
      const { definition } = await workflowDefinitions.byId(row.definition_id);
      await planNext(trx, row, definition);
    },
    tell,
    ended(row) {
      if (row.slot) blockedSlots.clear();
      tellEnd(row);
      services.workflowTriggers.poke();
      poke(0);
      pump();
    },
    opened() {
      hasBacklog = true;
      pump();
    },
  });

  return {
    ...steering,
    start,
    waitFor,
    pump,
    poke,
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
      if (earlier) return { id: earlier.id, status: earlier.status, done: () => doneOf(earlier) };
    }
    const now = clock.now();
    const options = optionsOf(definition);
    const tenantId = workflow.row.tenant_id;
    const slot = slotOf(workflow, given.input);
    const hasRoom = slot === null && !hasBacklog && runs.size < config.maxRunning && tenantHasRoom(tenantId);
    const text = jsonOf(given.input);
    if (text.length > config.maxDataBytes) {
      throw fault('validation', `The input has ${text.length} bytes, more than ${config.maxDataBytes}`);
    }
    const names = definition.use?.secrets ?? [];
    const stored = names.length > 0 ? await workflowSecrets.values(tenantId, names) : {};
    const secrets = { ...stored, ...given.secrets };
    const hidden = [...secretTexts(secrets), ...(given.hidden ?? [])];
    const id = newExecutionId();
    const execution: Execution = {
      id,
      workflow_id: workflow.row.id,
      definition_id: workflow.definitionId,
      tenant_id: tenantId,
      status: hasRoom ? 'running' : 'pending',
      priority: options.priority ?? 0,
      input: sealed(services, id, text, hidden),
      output: null,
      error: null,
      origin: JSON.stringify(originOf(given)),
      start_key: startKey,
      slot,
      parent_id: given.parentId ?? null,
      depth: given.depth ?? 0,
      replay_of: given.replayOf ?? null,
      retries: 0,
      pins: given.pins ? JSON.stringify(given.pins) : null,
      request: null,
      log: null,
      locked_by: isShared && hasRoom ? me : null,
      locked_until: isShared && hasRoom ? now + LEASE_MS : null,
      created_at: now,
      started_at: hasRoom ? now : null,
      ended_at: null,
    };
    const seal = (one: string): string => sealed(services, id, one, hidden);
    const records = given.records?.map((record) => withTexts({ ...record, execution_id: id }, seal)) ?? [];
    const values = [...(given.correlationId ? [given.correlationId] : []), ...(given.correlations ?? [])];
    const recorded = (trx: Transaction): Promise<void> => recordCorrelations(trx, execution, values);
    const isLazy = !given.isDurable && hasRoom && startKey === null && records.length === 0;
    if (hasRoom) reserve(execution);
    try {
      if (!isLazy) {
        const also = values.length > 0 ? [recorded] : [];
        await workflowCheckpoints.save({
          owner: null,
          execution,
          tasks: records,
          newWaits: [],
          endedWaits: [],
          events: [],
          also,
        });
      }
    } catch (error) {
      if (hasRoom) release(execution);
      const earlier = startKey !== null && isTaken(error) ? await byStartKey(startKey) : null;
      if (!earlier) throw error;
      return { id: earlier.id, status: earlier.status, done: () => doneOf(earlier) };
    }
    if (hasRoom) {
      const rows = records.map((record, index) => ({ ...record, id: index }));
      const run = createRun({ world, execution, definition, secrets, records: rows, waits: [], isSaved: !isLazy });
      if (isLazy && values.length > 0) run.also(recorded);
      // In the next turn: the caller may want to hear of the end, which may be near.
      track(Promise.resolve().then(() => work(run, true)));
    } else {
      hasBacklog = true;
      pump();
    }
    return { id: execution.id, status: execution.status, done: () => doneOf(execution) };

    function originOf({ origin: by, correlationId, secrets: own }: Start): Record<string, unknown> {
      const origin = correlationId ? { ...by, correlation_id: correlationId } : by;
      if (!own || Object.keys(own).length === 0) return origin;
      return { ...origin, $secrets: services.secrets.seal('workflows.start', JSON.stringify(own)) };
    }
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
      const input = transformed(definition.input, run.input, base, 'input', '/', definition);
      const frame = {
        instance: '',
        variables: {},
        deadline,
        signal: timer ? AbortSignal.any([run.signal, timer.signal]) : run.signal,
      };
      const tasks = runTasks(run, definition.do, '/do', input, frame);
      const outcome = await (timer ? Promise.race([tasks, aborted(timer.signal)]) : tasks);
      const scope = { ...base, context: run.context, output: outcome.output };
      const output = transformed(definition.output, outcome.output, scope, 'output', '/', definition);
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
        poke(clock.now());
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
        tellEnd({ ...execution, status: 'faulted', output: null, error: JSON.stringify(unsaved) });
      }
      hasBacklog = true;
      clock.after(1_000, pump);
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
    if (execution.parent_id) poke(0);
    if (definition.schedule?.after !== undefined) services.workflowTriggers.poke();
    tellEnd(execution);
  }

  /** `schedule.after` counts from the end, however it came. */
  async function planNext(trx: Transaction, execution: Execution, { schedule }: Definition): Promise<void> {
    if (schedule?.after === undefined || execution.ended_at === null) return;
    const next_at = execution.ended_at + (durationMs(schedule.after) ?? 0);
    await trx('workflows_schedules').where({ workflow_id: execution.workflow_id }).update({ next_at });
  }

  function tellEnd(execution: Execution): void {
    const waiting = finals.get(execution.id);
    if (!waiting) return;
    finals.delete(execution.id);
    const final = finalOf(execution);
    for (const resolve of waiting) resolve(final);
  }

  function finalOf({ id, status, output, error }: Pick<Execution, 'id' | 'status' | 'output' | 'error'>): Final {
    return {
      id,
      status,
      output: output === null ? null : JSON.parse(unsealed(services, id, output)),
      error: error === null ? null : JSON.parse(error),
    };
  }

  function doneOf(execution: Pick<Execution, 'id' | 'status' | 'output' | 'error' | 'ended_at'>): Promise<Final> {
    if (execution.ended_at !== null) return Promise.resolve(finalOf(execution));
    return new Promise((resolve) => {
      const waiting = finals.get(execution.id) ?? new Set();
      waiting.add(resolve);
      finals.set(execution.id, waiting);
    });
  }

  async function waitFor(id: string, ms: number, signal?: AbortSignal): Promise<Final | null> {
    let resolve: (final: Final | null) => void = () => {};
    const ended = new Promise<Final | null>((tell) => {
      resolve = tell;
    });
    const waiting = finals.get(id) ?? new Set();
    waiting.add(resolve);
    finals.set(id, waiting);
    const row = await rowById(id);
    if (row?.ended_at) resolve(finalOf(row));
    const giveUp = (): void => resolve(null);
    const timer = setTimeout(giveUp, ms);
    signal?.addEventListener('abort', giveUp, { once: true });
    if (signal?.aborted) giveUp();
    // Another replica may end it.
    const look = isShared
      ? setInterval(() => void rowById(id).then((found) => found?.ended_at && resolve(finalOf(found))), SHARED_SLEEP_MS)
      : undefined;
    try {
      return await ended;
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', giveUp);
      clearInterval(look);
      waiting.delete(resolve);
      if (waiting.size === 0) finals.delete(id);
    }
  }

  function reserve(execution: Execution): void {
    perTenant.set(execution.tenant_id, (perTenant.get(execution.tenant_id) ?? 0) + 1);
    loading.add(execution.id);
  }

  function release(execution: Execution): void {
    loading.delete(execution.id);
    const left = (perTenant.get(execution.tenant_id) ?? 1) - 1;
    if (left > 0) perTenant.set(execution.tenant_id, left);
    else perTenant.delete(execution.tenant_id);
  }

  function unload(run: Run): void {
    const { execution } = run;
    if (!runs.delete(execution.id)) return;
    release(execution);
    if (execution.slot) blockedSlots.clear();
    if (hasBacklog || execution.slot) pump();
  }

  function unlock(execution: Execution): void {
    execution.locked_by = null;
    execution.locked_until = null;
  }

  function tenantHasRoom(tenantId: string): boolean {
    return (perTenant.get(tenantId) ?? 0) < config.maxPerTenant;
  }

  function track(promise: Promise<unknown>): void {
    underWay.add(promise);
    void promise.finally(() => underWay.delete(promise));
  }

  // ── What is open in the database ────────────────────────────────────────────────────────────────────────────

  function pump(): void {
    if (!isRunning || pumping) return;
    pumping = takeUp()
      .catch((error) => {
        log.error({ err: error }, 'Open executions could not be taken up; it is tried again');
        hasBacklog = true;
        clock.after(1_000, pump);
      })
      .finally(() => {
        pumping = null;
      });
    track(pumping);
  }

  /** The oldest of the highest priority first: new ones, and those that a crash cut off. */
  async function takeUp(): Promise<void> {
    for (;;) {
      const room = config.maxRunning - loading.size;
      if (room <= 0 || !isRunning) {
        hasBacklog = true;
        return;
      }
      const now = clock.now();
      const full = [...perTenant].filter(([, count]) => count >= config.maxPerTenant).map(([tenantId]) => tenantId);
      const query = db
        .write('workflows_executions')
        .whereIn('status', ['pending', 'running'])
        .whereNotIn('id', [...loading])
        .orderBy([{ column: 'priority', order: 'desc' }, { column: 'seq' }])
        .limit(Math.min(room, WAKES_PER_LOOK));
      if (isShared) query.where((row) => isFree(row, now));
      if (full.length > 0) query.whereNotIn('tenant_id', full);
      // One that runs has its place already.
      if (blockedSlots.size > 0) {
        query.where((free) =>
          free
            .whereNot('status', 'pending')
            .orWhereNull('slot')
            .orWhereNotIn('slot', [...blockedSlots]),
        );
      }
      const open = await query;
      if (open.length === 0) {
        hasBacklog = blockedSlots.size > 0 || full.length > 0;
        return;
      }
      for (const row of open) {
        if (!tenantHasRoom(row.tenant_id) || loading.has(row.id)) continue;
        if (row.slot && row.status === 'pending' && blockedSlots.has(row.slot)) continue;
        await take(row);
      }
    }
  }

  async function take(row: ExecutionRow): Promise<void> {
    reserve(row);
    let isMine = false;
    try {
      isMine = await claim(row);
    } finally {
      if (!isMine) release(row);
    }
    if (isMine) track(load(row));
  }

  /** Nobody has it, or who had it is silent, or it is this process that has lost it from its memory. */
  function isFree(row: Knex.QueryBuilder, now: number): void {
    row.whereNull('locked_until').orWhere('locked_until', '<', now).orWhere('locked_by', me);
  }

  /** Marks it as running here. False when another replica was faster, or its slot is taken. */
  async function claim(row: ExecutionRow): Promise<boolean> {
    const now = clock.now();
    return db.transaction(async (trx) => {
      if (row.slot && row.status === 'pending') {
        await trx('workflows_workflows').where({ id: row.workflow_id }).forUpdate().first('id');
        const limit = Number(row.slot.split(':')[1]);
        const taken = await trx('workflows_executions')
          .where({ slot: row.slot })
          .whereIn('status', ['running', 'waiting', 'suspended'])
          .whereNotNull('started_at')
          .count({ total: '*' })
          .first();
        if (Number(taken?.total ?? 0) >= limit) {
          blockedSlots.add(row.slot);
          return false;
        }
      }
      const query = trx('workflows_executions')
        .where({ id: row.id })
        .whereIn('status', ['pending', 'running', 'waiting']);
      if (isShared) query.where((row) => isFree(row, now));
      const claimed = await query.update({
        status: 'running',
        started_at: row.started_at ?? now,
        ...(isShared && { locked_by: me, locked_until: now + LEASE_MS }),
      });
      return claimed > 0;
    });
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
        ...(isShared && { locked_by: me, locked_until: now + LEASE_MS }),
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
        release(row);
        hasBacklog = true;
        pump();
      });
      return;
    }
    await work(run, row.status === 'pending');
  }

  // ── Waits ───────────────────────────────────────────────────────────────────────────────────────────────────

  function poke(wakeAt: number | null): void {
    if (wakeAt === null || !isRunning || wakeAt >= nextLook) return;
    const now = clock.now();
    cancelLook();
    if (wakeAt <= now) {
      look();
      return;
    }
    nextLook = wakeAt;
    cancelLook = clock.after(Math.min(wakeAt - now, LONGEST_SLEEP_MS), look);
  }

  function look(): void {
    if (!isRunning) return;
    if (looking) {
      lookAgain = true;
      return;
    }
    nextLook = Number.NEGATIVE_INFINITY;
    looking = wakeDue()
      .catch((error) => {
        log.error({ err: error }, 'Waits could not be read; it is tried again');
        return clock.now() + 1_000;
      })
      .then((next) => {
        looking = null;
        const again = lookAgain;
        lookAgain = false;
        nextLook = Number.POSITIVE_INFINITY;
        poke(again ? clock.now() : next);
      });
    track(looking);
  }

  /** Wakes those whose time has come; gives the time of the next one. */
  async function wakeDue(): Promise<number> {
    const now = clock.now();
    const latest = now + LONGEST_SLEEP_MS;
    const query = db
      .write('workflows_waits')
      .join('workflows_executions', 'workflows_executions.id', 'workflows_waits.execution_id')
      .where('workflows_waits.wake_at', '<=', now)
      .whereIn('workflows_executions.status', ['waiting', 'running'])
      .orderBy('workflows_waits.wake_at')
      .limit(WAKES_PER_LOOK)
      .select('workflows_waits.*');
    if (isShared) {
      query.where((free) =>
        free
          .whereNull('workflows_executions.locked_until')
          .orWhere('workflows_executions.locked_until', '<', now)
          .orWhere('workflows_executions.locked_by', me),
      );
    }
    const due: WaitRow[] = await query;
    let busy = 0;
    for (const wait of due) {
      const run = runs.get(wait.execution_id);
      if (run) {
        if (!run.wake(wait)) busy++;
        continue;
      }
      if (loading.has(wait.execution_id)) {
        busy++;
        continue;
      }
      if (loading.size >= config.maxRunning) {
        busy++;
        continue;
      }
      const row = await db.write('workflows_executions').where({ id: wait.execution_id }).first();
      if (row?.status !== 'waiting') continue;
      await take(row);
    }
    if (busy > 0) return now + 20;
    if (due.length === WAKES_PER_LOOK) return now;
    const next = await db.write('workflows_waits').where('wake_at', '>', now).min({ at: 'wake_at' }).first();
    return Math.min(latest, next?.at == null ? latest : Number(next.at));
  }

  // ── Children ────────────────────────────────────────────────────────────────────────────────────────────────

  async function startChild(run: Run, child: Parameters<World['startChild']>[1]): Promise<{ id: string }> {
    const { execution } = run;
    if (execution.depth + 1 > config.maxDepth)
      throw fault('runtime', `Workflows start one another deeper than ${config.maxDepth}`);
    const workflow = await workflowDefinitions
      .get(execution.tenant_id, child.namespace, child.name, child.version)
      .catch((error) => {
        if (isAppError(error)) return null;
        throw error;
      });
    if (!workflow)
      throw fault('configuration', `There is no workflow ${child.namespace}/${child.name} ${child.version}`);
    const { id } = await start({
      workflow,
      input: child.input,
      origin: { kind: 'workflow', execution: execution.id },
      startKey: child.startKey,
      correlationId: correlationIdOf(execution),
      hidden: run.hidden,
      depth: execution.depth + 1,
      parentId: execution.id,
      isDurable: true,
    });
    return { id };
  }

  async function childOutcome(id: string) {
    const row = await db.write('workflows_executions').where({ id }).first('status', 'output', 'error');
    if (!row) return null;
    const output = row.output === null ? null : unsealed(services, id, row.output);
    return { ...row, output, hidden: hiddenIn(services, id, [row.output]) };
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
    while (loading.has(id) && !runs.has(id)) await new Promise((resolve) => setTimeout(resolve, 5));
    return runs.get(id);
  }

  function isElsewhere({ locked_by, locked_until }: ExecutionRow): boolean {
    return isShared && locked_by !== null && locked_by !== me && (locked_until ?? 0) > clock.now();
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
      cancelLook();
      nextLook = Number.POSITIVE_INFINITY;
      look();
      pump();
    });
    hasBacklog = true;
    pump();
    look();
    if (!isShared) return;
    // Of the real time, not the clock's: it is about other processes.
    renewTimer = setInterval(() => {
      track(renew().catch((error) => log.error({ err: error }, 'Leases of executions could not be renewed')));
    }, RENEW_MS);
    lookTimer = setInterval(look, SHARED_SLEEP_MS);
    renewTimer.unref();
    lookTimer.unref();
  }

  /** Says that this process is alive, and hears what others ask of its executions. */
  async function renew(): Promise<void> {
    const locked_until = clock.now() + LEASE_MS;
    const ids = [...runs.keys()];
    for (const run of runs.values()) run.execution.locked_until = locked_until;
    if (ids.length > 0) {
      await db.write('workflows_executions').whereIn('id', ids).where({ locked_by: me }).update({ locked_until });
      const asked = await db
        .write('workflows_executions')
        .whereIn('id', ids)
        .whereNotNull('request')
        .select('id', 'request');
      for (const { id, request } of asked) runs.get(id)?.stop(request === 'cancel' ? 'cancelled' : 'suspended');
    }
    hasBacklog = true;
    // Places may have become free in another replica.
    blockedSlots.clear();
    pump();
  }

  async function end(): Promise<void> {
    isRunning = false;
    stopJumps();
    cancelLook();
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
      if (!open || blockedSlots.size > 0) return;
      pump();
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  async function byStartKey(start_key: string): Promise<ExecutionRow | undefined> {
    return db.write('workflows_executions').where({ start_key }).first();
  }

  async function rowById(id: string): Promise<ExecutionRow | undefined> {
    return db.read('workflows_executions').where({ id }).first();
  }

  function slotOf({ row, definition }: ActiveWorkflow, input: unknown): string | null {
    const { concurrency } = optionsOf(definition);
    if (!concurrency) return null;
    const key = concurrency.key ? evaluateExpression(concurrency.key, input, {}) : '';
    return `${row.id}:${concurrency.limit}:${JSON.stringify(key).slice(0, 200)}`;
  }
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true }));
}

/** Real time, not the clock's: the process ends whatever a test does with its time. */
function clockless(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref());
}

function jsonOf(input: unknown): string {
  try {
    return JSON.stringify(input ?? null);
  } catch {
    throw fault('validation', 'The input is nested too deeply');
  }
}

function isTaken(error: unknown): boolean {
  return codeOf(error) === '23505' || codeOf(error).startsWith('SQLITE_CONSTRAINT');
}
