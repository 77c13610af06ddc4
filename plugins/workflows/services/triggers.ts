/** What starts workflows by itself: events and schedules. Also hands events to the executions that wait for them. */
import { messageOf } from '#core/errors.ts';
import type { CloudEvent } from '#core/events/events.ts';
import type { Services, Transaction } from '#core/plugin.ts';
import { sha256 } from '#core/security/tokens.ts';
import type { WorkflowsConfig } from '../config.ts';
import { correlationIdIn, recordCorrelations, valuesOf } from '../engine/correlations.ts';
import { attributeOf, CORRELATION_ID, DEPTH, hearersOf } from '../engine/event-attributes.ts';
import { type Correlation, consume, type Received, typesOf } from '../engine/matching.ts';
import { unsealed } from '../engine/secret-texts.ts';
import { startKeyOf } from '../engine/start-key.ts';
import { Fault } from '../language/faults.ts';
import type { GatheredRow, WorkflowRow } from '../tables.ts';
import { type ListenDetail, readOf } from '../tasks/listen.ts';
import type { ActiveWorkflow } from './definitions.ts';
import { nextRunAfter } from './schedules.ts';

export interface Triggers {
  /** Starts what the event starts and wakes who waits for it. Again with the same event changes nothing. */
  deliver(event: CloudEvent): Promise<void>;
  /** Looks at schedules at once. */
  poke(): void;
  begin(): Promise<void>;
  end(): void;
}

/** Events that start a workflow together, and what they have in common. */
interface Together {
  events: readonly CloudEvent[];
  correlation: Correlation;
}

const COMPLETED = 'completed ';
const LONGEST_SLEEP_MS = 60_000;
const DUE_PER_LOOK = 200;
/** Sets of events of one workflow that are not complete, and the characters of all: an event is held against each set. */
const MOST_GATHERED = 1_000;
const LONGEST_GATHERED = 32 * 1024 * 1024;
/** `after` begins again when the execution has ended; until then it has no time. */
const FAR = Date.UTC(9999, 0, 1);
/** On PostgreSQL another replica may have published something. */
const REFRESH_MS = 2_000;

export function createTriggers(services: Services & { config: WorkflowsConfig }): Triggers {
  const { db, clock, log, config, catalogue, workflowDefinitions, workflowEvents } = services;
  let byType = new Map<string, ActiveWorkflow[]>();
  let isRunning = false;
  let cancelLook = (): void => {};
  let refreshTimer: NodeJS.Timeout | undefined;
  let stopJumps = (): void => {};
  let looking: Promise<void> | null = null;
  let lookAgain = false;
  let refreshing: Promise<void> = Promise.resolve();
  workflowDefinitions.onChange(() => {
    readAnew();
    return refreshing;
  });

  return { deliver, poke, begin, end };

  function readAnew(): void {
    refreshing = refresh().catch((error) => log.error({ err: error }, 'Workflows could not be read anew'));
    poke();
  }

  async function refresh(): Promise<void> {
    const fresh = new Map<string, ActiveWorkflow[]>();
    for (const workflow of await workflowDefinitions.active()) {
      const { on } = workflow.definition.schedule ?? {};
      for (const type of on ? typesOf(on) : []) fresh.set(type, [...(fresh.get(type) ?? []), workflow]);
    }
    byType = fresh;
    workflowEvents.want([...fresh.keys()]);
  }

  async function deliver(event: CloudEvent): Promise<void> {
    await refreshing;
    const workflows = new Set([...(byType.get(event.type) ?? []), ...(byType.get('*') ?? [])]);
    for (const workflow of workflows) {
      if (hearersOf(event, catalogue).includes(workflow.row.tenant_id))
        await unlessItsFault(workflow, () => offer(workflow, event));
    }
    if (workflowEvents.isAwaited(event.type)) await wake(event);
  }

  /** What a workflow itself is to blame for would go wrong every time: the others are not kept waiting for it. */
  async function unlessItsFault({ row }: ActiveWorkflow, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      log.warn({ workflow: `${row.namespace}/${row.name}`, reason: error.message }, 'A workflow could not be started');
    }
  }

  async function offer(workflow: ActiveWorkflow, event: CloudEvent): Promise<void> {
    const strategy = workflow.definition.schedule?.on;
    if (!strategy) return;
    const depth = Number(attributeOf(event, DEPTH) ?? 0);
    const { row } = workflow;
    if (depth > config.maxDepth) {
      log.warn(
        { workflow: `${row.namespace}/${row.name}`, depth },
        'Events start workflows in a circle; this one is not started',
      );
      return;
    }
    const isGathering = Boolean(strategy.all || strategy.until);
    const found = isGathering ? await gathered(workflow, event) : alone(workflow, event);
    if (!found) return;
    const given = [event, ...found.events].map(givenIdOf).filter((id) => id !== null);
    await services.workflowEngine.start({
      workflow,
      input: found.events,
      origin: { kind: 'event', type: event.type, id: event.id },
      startKey: startKeyOf(`event:${row.id}`, event.source, event.id),
      correlationId: given[0] ?? null,
      correlations: [...given, ...valuesOf(found.correlation)],
      depth,
      isDurable: true,
    });
    if (isGathering) {
      await db
        .write('workflows_gathered')
        .where({ workflow_id: row.id, correlation: completedBy(event) })
        .delete();
    }
  }

  /** Stands in the place of the first event when all are there, until the execution is: a repeat finds them so. */
  function completedBy(event: CloudEvent): string {
    return COMPLETED + digestOf(event);
  }

  function alone({ definition }: ActiveWorkflow, event: CloudEvent): Together | null {
    const correlation: Correlation = {};
    const result = consume(definition.schedule?.on ?? {}, [], event, correlation, (one) => one.data);
    return result && together(result.received, correlation);
  }

  /** A strategy of several events: what has come is kept until all are there. */
  async function gathered({ row, definition }: ActiveWorkflow, event: CloudEvent): Promise<Together | null> {
    const strategy = definition.schedule?.on ?? {};
    return db.transaction(async (trx) => {
      // One event after another, also the first two: no row of theirs is there yet to be locked.
      await trx('workflows_workflows').where({ id: row.id }).forUpdate().first('id');
      const rows = await withoutSurplus(trx, row, await gatheredRows(trx, row.id));
      const completed = rows.find(({ correlation }) => correlation === completedBy(event));
      if (completed) {
        const { received, correlation } = gatheredIn(completed);
        return together(received, correlation);
      }
      const sets = rows.map((kept) => ({ kept, ...gatheredIn(kept) }));
      const isSame = (one: Received): boolean => one.event.id === event.id && one.event.source === event.source;
      if (sets.some(({ received }) => received.some(isSame))) return null;
      // The oldest first; what none of them needs any more begins another.
      for (const { kept, received, correlation } of sets) {
        if (kept.correlation.startsWith(COMPLETED)) continue;
        const result = consume(strategy, received, event, correlation, (one) => one.data);
        if (!result) continue;
        const patch = { received: JSON.stringify({ received: result.received, correlation }) };
        await trx('workflows_gathered')
          .where({ id: kept.id })
          .update(result.isDone ? { ...patch, correlation: completedBy(event) } : patch);
        return result.isDone ? together(result.received, correlation) : null;
      }
      const correlation: Correlation = {};
      const first = consume(strategy, [], event, correlation, (one) => one.data);
      if (!first) return null;
      if (first.isDone) return together(first.received, correlation);
      const received = JSON.stringify({ received: first.received, correlation });
      await trx('workflows_gathered').insert({
        ...{ workflow_id: row.id, received, created_at: clock.now() },
        correlation: digestOf(event),
      });
      return null;
    });
  }

  function gatheredRows(trx: Transaction, workflowId: number): Promise<GatheredRow[]> {
    return trx('workflows_gathered').where({ workflow_id: workflowId }).orderBy('id').forUpdate();
  }

  /** Removes the oldest sets while there are more than is read for each event. */
  async function withoutSurplus(trx: Transaction, row: WorkflowRow, rows: GatheredRow[]): Promise<GatheredRow[]> {
    const open = rows.filter(({ correlation }) => !correlation.startsWith(COMPLETED));
    let length = open.reduce((sum, { received }) => sum + received.length, 0);
    const surplus = new Set<number>();
    for (const { id, received } of open) {
      if (open.length - surplus.size <= MOST_GATHERED && length <= LONGEST_GATHERED) break;
      surplus.add(id);
      length -= received.length;
    }
    if (surplus.size === 0) return rows;
    await trx('workflows_gathered')
      .whereIn('id', [...surplus])
      .delete();
    log.warn(
      { workflow: `${row.namespace}/${row.name}`, removed: surplus.size },
      'Too many events wait for the others that start a workflow with them; the oldest are forgotten',
    );
    return rows.filter(({ id }) => !surplus.has(id));
  }

  function gatheredIn({ received }: GatheredRow): { received: readonly Received[]; correlation: Correlation } {
    return JSON.parse(received);
  }

  /** Adds the event to each wait that asks for it; those that have everything are due at once. */
  async function wake(event: CloudEvent): Promise<void> {
    const candidates = await db
      .write('workflows_waits')
      .join('workflows_wait_types', 'workflows_wait_types.wait_id', 'workflows_waits.id')
      .whereIn('workflows_wait_types.type', [event.type, '*'])
      .whereIn('workflows_waits.tenant_id', hearersOf(event, catalogue))
      .distinct({ id: 'workflows_waits.id' });
    for (const { id } of candidates) {
      const isWoken = await db
        .transaction((trx) => receive(trx, Number(id), event))
        .catch((error) => {
          if (!(error instanceof Fault)) throw error;
          log.warn({ wait: id, reason: error.message }, 'An event could not be given to an execution that listens');
          return false;
        });
      if (isWoken) services.workflowEngine.poke(0);
    }
  }

  async function receive(trx: Transaction, id: number, event: CloudEvent): Promise<boolean> {
    const wait = await trx('workflows_waits').where({ id }).forUpdate().first();
    if (!wait) return false;
    const detail: ListenDetail = JSON.parse(wait.detail);
    if (detail.isDone) return false;
    const before = { ...detail.correlation };
    const read = (one: CloudEvent): unknown => readOf(one, detail.read);
    const scope = JSON.parse(unsealed(services, wait.execution_id, detail.scope));
    const result = consume(detail.strategy, JSON.parse(wait.received), event, detail.correlation, read, scope);
    if (!result) return false;
    detail.isDone = result.isDone;
    const fixed = Object.entries(detail.correlation).filter(([name]) => !Object.hasOwn(before, name));
    const execution = { id: wait.execution_id, tenant_id: wait.tenant_id };
    await recordCorrelations(trx, execution, valuesOf(Object.fromEntries(fixed)));
    const isWoken = result.isDone || detail.each;
    await trx('workflows_waits')
      .where({ id })
      .update({
        detail: JSON.stringify(detail),
        received: JSON.stringify(result.received),
        ...(isWoken && { wake_at: 0 }),
      });
    return isWoken;
  }

  // ── Schedules ───────────────────────────────────────────────────────────────────────────────────────────────

  function poke(): void {
    if (!isRunning) return;
    if (looking) {
      lookAgain = true;
      return;
    }
    cancelLook();
    looking = startDue()
      .catch((error) => {
        log.error({ reason: messageOf(error) }, 'Schedules could not be read; it is tried again');
        return clock.now() + 1_000;
      })
      .then((next) => {
        looking = null;
        const again = lookAgain;
        lookAgain = false;
        if (again) poke();
        else if (isRunning) cancelLook = clock.after(Math.min(next - clock.now(), LONGEST_SLEEP_MS), poke);
      });
  }

  /** Starts what is due; gives when to look again. What was missed while nothing ran is started once. */
  async function startDue(): Promise<number> {
    const now = clock.now();
    const due = await db
      .write('workflows_schedules')
      .where('next_at', '<=', now)
      .orderBy('next_at')
      .limit(DUE_PER_LOOK);
    for (const { workflow_id, next_at } of due) {
      const row = await db.read('workflows_workflows').where({ id: workflow_id }).first();
      if (!row?.enabled || row.active_id === null) {
        await db.write('workflows_schedules').where({ workflow_id }).delete();
        continue;
      }
      const workflow = await workflowDefinitions.byId(row.active_id);
      await unlessItsFault(workflow, async () => {
        await services.workflowEngine.start({
          workflow,
          input: {},
          origin: { kind: 'schedule', at: new Date(next_at).toISOString() },
          // Two replicas, or a crash between here and the next line, start it once.
          startKey: `schedule:${workflow_id}:${next_at}`,
          isDurable: true,
        });
      });
      const next = nextRunAfter(workflow.definition.schedule, now) ?? FAR;
      await db.write('workflows_schedules').where({ workflow_id, next_at }).update({ next_at: next, last_at: next_at });
    }
    if (due.length === DUE_PER_LOOK) return now;
    const next = await db.write('workflows_schedules').min({ at: 'next_at' }).first();
    return Number(next?.at ?? FAR);
  }

  async function begin(): Promise<void> {
    isRunning = true;
    await refresh();
    stopJumps = clock.onJump(poke);
    poke();
    if (db.soleWriter) return;
    // Of the real time, not the clock's: it is about other processes.
    refreshTimer = setInterval(readAnew, REFRESH_MS);
    refreshTimer.unref();
  }

  function end(): void {
    isRunning = false;
    stopJumps();
    cancelLook();
    clearInterval(refreshTimer);
  }
}

function together(received: readonly Received[], correlation: Correlation): Together {
  return { events: received.map(({ event }) => event), correlation };
}

function digestOf({ source, id }: CloudEvent): string {
  return sha256(JSON.stringify([source, id]));
}

function givenIdOf(event: CloudEvent): string | null {
  return correlationIdIn(attributeOf(event, CORRELATION_ID));
}
