/** Executions: started, run, parked, woken, recovered after a crash. What is not in the database was not promised. */
import { randomUUID } from 'node:crypto';
import { isUniqueViolation, messageOf, processHasRole } from '#core/kit.ts';
import type { Transaction } from '#core/plugin.ts';
import type { WorkflowsConfig } from '../config.ts';
import { workflowErrors } from '../errors.ts';
import { fault } from '../language/faults.ts';
import type { Phase } from '../language/phases.ts';
import { createAdmission } from './admission.ts';
import { createBacklog } from './backlog.ts';
import { createBackoff } from './backoff.ts';
import { createChildren } from './children.ts';
import { recordCorrelations } from './correlations.ts';
import type { EngineContext } from './engine-context.ts';
import { createEngineEvents } from './engine-events.ts';
import { createExecutionCommands, type ExecutionCommands } from './execution-commands.ts';
import { createLeaseLoop } from './lease-loop.ts';
import { loadRun } from './loading.ts';
import { createMetering } from './metering.ts';
import type { Run, World } from './model.ts';
import { inputText, newExecution, type Start, slotOf } from './new-execution.ts';
import { createElsewhere } from './other-processes.ts';
import { createOutcomes, type Final } from './outcomes.ts';
import type { EngineServices } from './ports.ts';
import type { TaskRecord } from './records.ts';
import { createRun, withTexts } from './run.ts';
import { sealed, secretTexts } from './secret-texts.ts';
import { createSlots } from './slots.ts';
import { MOVES } from './states.ts';
import type { ExecutionRow } from './tables.ts';
import { taskKinds } from './tasks/index.ts';
import { createTransitions } from './transitions.ts';
import { createWaker } from './waker.ts';
import { createWork } from './work.ts';

export interface Started {
  id: string;
  status: Phase;
  /** Resolves when it has ended, or after `ms` with null: it is in the database then. Ask at once. */
  ended(ms: number): Promise<Final | null>;
}

export interface Engine extends ExecutionCommands {
  /** Throws `tenant_not_active`, `too_many_executions`, `limit_exceeded`, `stopping`, and faults that the workflow itself is to blame for. */
  start(start: Start): Promise<Started>;
  /** Resolves when it has ended, or after `ms` or the signal with null. */
  waitFor(id: string, ms: number, signal?: AbortSignal): Promise<Final | null>;
  /** Looks at waits whose time has come. */
  wake(wakeAt: number | null): void;
  /** Told of records as they become durable. Gives a function that ends it. */
  watch(id: string, fn: (records: readonly TaskRecord[]) => void): () => void;
  /** Has those that are in memory here read anew: their rows have changed. */
  reload(ids: readonly string[]): void;
  /** Told when the end of an execution may have planned the next one of a schedule. */
  onPlanned(fn: () => void): void;
  begin(): Promise<void>;
  end(): Promise<void>;
  /** How much is in memory, for metrics and tests. */
  loaded(): number;
  /** Resolves when nothing runs and nothing is due. */
  idle(): Promise<void>;
}

/** Other replicas may take over an execution whose process has not said so long that it is alive. */
const LEASE_MS = 30_000;

export function createEngine(services: EngineServices & { config: WorkflowsConfig }): Engine {
  const { db, clock, log, config, workflowCheckpoints, workflowSecrets, workflowTenants } = services;
  const isShared = !db.soleWriter;
  const owner = isShared ? randomUUID() : null;
  const runs = new Map<string, Run>();
  const watchers = new Map<string, Set<(records: readonly TaskRecord[]) => void>>();
  const underWay = new Set<Promise<unknown>>();
  const plannedListeners: (() => void)[] = [];
  /** Whether executions run here; else they are left to others, and told of. */
  const runsHere = processHasRole(services.coreConfig, 'workflows');
  const elsewhere = createElsewhere(services);
  let isAccepting = false;

  const slots = createSlots(config);
  const outcomes = createOutcomes(services);
  const events = createEngineEvents({
    slots,
    outcomes,
    backlog: () => backlog,
    waker: () => waker,
    elsewhere: runsHere ? null : elsewhere,
    planned() {
      for (const fn of plannedListeners) fn();
    },
  });
  const admission = createAdmission(services);
  const metering = createMetering(services);
  const context: EngineContext = {
    db,
    clock,
    log,
    runs,
    slots,
    backoff: createBackoff(clock, () => events.rested()),
    tenants: workflowTenants,
    transitions: createTransitions(services),
    outcomes,
    events,
    owner,
    leaseMs: LEASE_MS,
    underWay,
    track,
    isRunning: () => isAccepting && runsHere,
  };
  const backlog = createBacklog(context, load);
  const waker = createWaker(context, backlog.take);
  const commands = createExecutionCommands(context);
  const work = createWork(context, services, commands);
  const leaseLoop = createLeaseLoop(context, backlog, waker);
  const world: World = {
    services,
    config,
    checkpoints: workflowCheckpoints,
    owner,
    kinds: taskKinds,
    log,
    ...createChildren(services, start),
    wake: events.due,
    saved: (id, records) => {
      for (const fn of watchers.get(id) ?? []) fn(records);
    },
  };

  return {
    ...commands,
    start,
    waitFor: outcomes.waitFor,
    wake: events.due,
    watch,
    reload(ids) {
      for (const id of ids) runs.get(id)?.stop('held');
      events.opened(null);
    },
    onPlanned: (fn) => void plannedListeners.push(fn),
    async begin() {
      isAccepting = true;
      if (!runsHere) return;
      elsewhere.listen(events);
      await leaseLoop.begin();
    },
    async end() {
      isAccepting = false;
      elsewhere.end();
      await leaseLoop.end();
    },
    loaded: () => runs.size,
    idle: leaseLoop.idle,
  };

  async function start(given: Start): Promise<Started> {
    const { workflow, startKey = null } = given;
    const { definition } = workflow;
    if (!isAccepting) throw workflowErrors.stopping();
    if ((given.depth ?? 0) > config.maxDepth) {
      throw fault('runtime', `Workflows start one another deeper than ${config.maxDepth}`);
    }
    // The same event twice is rare, and the database refuses it anyway: that look is saved.
    if (startKey !== null && given.origin.kind !== 'event') {
      const earlier = await byStartKey(startKey);
      if (earlier) return startedEarlier(earlier);
    }
    const tenantId = workflow.row.tenant_id;
    // Most have nothing to wait for in any of these.
    const refusing = workflowTenants.refuseInactive(tenantId);
    if (refusing) await refusing;
    const admitting = admission.admit(tenantId, given.rootId ?? null);
    if (admitting) await admitting;
    const now = clock.now();
    const limiting = slotOf(workflow, given.input);
    const slot = limiting && (await limiting);
    const text = inputText(given.input, config);
    const names = definition.use?.secrets ?? [];
    const stored = names.length > 0 ? await workflowSecrets.values(tenantId, names) : {};
    const secrets = { ...stored, ...given.secrets };
    // What an execution starts within itself belongs to it.
    const counting = given.parentId ? null : metering.count(tenantId, startKey);
    const counted = counting instanceof Promise ? await counting : counting;
    const hasRoom = runsHere && slot === null && backlog.isEmpty(tenantId) && slots.hasRoom(tenantId);
    const hidden = [...secretTexts(secrets), ...(given.hidden ?? [])];
    const lease = { locked_by: owner, locked_until: isShared ? now + LEASE_MS : null };
    const execution = newExecution(services, { given, text, hidden, slot, now });
    if (hasRoom) Object.assign(execution, MOVES.begin.written(execution, now), lease);
    const { id } = execution;
    const seal = (one: string): string => sealed(services, id, one, hidden);
    const records = given.records?.map((record) => withTexts({ ...record, execution_id: id }, seal)) ?? [];
    const values = [...(given.correlationId ? [given.correlationId] : []), ...(given.correlations ?? [])];
    const recorded = (trx: Transaction): Promise<void> => recordCorrelations(trx, execution, values);
    const isLazy = !given.isDurable && hasRoom && startKey === null && records.length === 0;
    if (hasRoom) slots.reserve(execution);
    try {
      if (!isLazy) {
        const also = values.length > 0 ? [recorded] : [];
        const nothing = { newWaits: [], endedWaits: [], events: [] };
        await workflowCheckpoints.save({ owner: null, execution, tasks: records, ...nothing, also });
      }
    } catch (error) {
      if (hasRoom) events.freed(execution);
      await counted?.takeBack();
      const earlier = startKey !== null && isUniqueViolation(error) ? await byStartKey(startKey) : null;
      if (!earlier) throw error;
      return startedEarlier(earlier);
    }
    counted?.confirm();
    const { status } = execution;
    if (!hasRoom) {
      events.opened(tenantId);
      return { id, status, ended: (ms) => outcomes.waitFor(id, ms) };
    }
    const rows = records.map((record, index) => ({ ...record, id: index }));
    const run = createRun({ world, execution, definition, secrets, records: rows, waits: [], isSaved: !isLazy });
    if (isLazy && values.length > 0) run.also(recorded);
    // In the next turn: the caller may want to hear of the end, which may be near.
    track(inNextTurn(() => work(run, true)));
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

  function track(promise: Promise<unknown>): void {
    const isDone = (): void => void underWay.delete(promise);
    underWay.add(promise);
    promise.then(isDone, (error) => {
      isDone();
      // It is in nobody's hands: the process is told of it.
      throw error;
    });
  }

  /** Reads what it has done so far, and goes on from there. The place is reserved already. */
  async function load(row: ExecutionRow): Promise<void> {
    let run: Run;
    try {
      run = await loadRun(row, world, isShared ? clock.now() + LEASE_MS : null);
    } catch (error) {
      // It stays open: what cannot be read now may be readable later.
      log.error({ err: error, execution: row.id }, 'An execution could not be loaded; it is tried again');
      context.backoff.backOff(row.id, row.failures, messageOf(error));
      events.unloaded(row);
      return;
    }
    await work(run, row.status === 'pending');
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

  function startedEarlier({ id, status }: ExecutionRow): Started {
    return { id, status, ended: (ms) => outcomes.waitFor(id, ms) };
  }

  async function byStartKey(start_key: string): Promise<ExecutionRow | undefined> {
    return db.write('workflows_executions').where({ start_key }).first();
  }
}

async function inNextTurn(work: () => Promise<void>): Promise<void> {
  await null;
  await work();
}
