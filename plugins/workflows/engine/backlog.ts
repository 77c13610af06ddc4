/**
 * What is open in the database: taken up where there is room, tenant by tenant in turn; of one tenant the highest priority
 * first, then the oldest.
 */
import type { Knex } from 'knex';
import { isUnavailable, messageOf } from '#core/kit.ts';
import { fault } from '../language/faults.ts';
import { openRowsOf, tenantsWithOpen } from './backlog-queries.ts';
import type { EngineContext } from './engine-context.ts';
import { MOVES } from './states.ts';
import type { ExecutionRow } from './tables.ts';

export interface Backlog {
  /** Takes up what is open: new ones that found no room, and those that a crash cut off. */
  pump(): void;
  /** There is something open of the tenant, or of anybody with null: nothing new goes past it. */
  add(tenantId: string | null): void;
  /** Whether something of the tenant, or of anybody with null, may be open. */
  isEmpty(tenantId: string | null): boolean;
  /** A limit of workflows may have a place again. */
  unblock(): void;
  isBlocked(): boolean;
  /** Reserves a place, marks the row as running here and goes on with it. */
  take(row: ExecutionRow): Promise<void>;
}

/** What became of an open execution that this process wants. */
interface Claim {
  mine?: ExecutionRow;
  failed?: ExecutionRow;
  isBlocked?: boolean;
}

const TENANTS_PER_LOOK = 20;
const ROWS_PER_LOOK = 200;
const RETRY_MS = 1_000;
/** So often an execution is begun without that one of its tasks is completed. A crash counts as often as an error. */
const MOST_FAILURES = 10;

/** `load`: goes on with an execution whose place is reserved. */
export function createBacklog(context: EngineContext, load: (row: ExecutionRow) => Promise<void>): Backlog {
  const { db, clock, log, slots, backoff, tenants, transitions, events, owner, leaseMs, isRunning, track } = context;
  /** Limits of workflows that are used up; known from the last look. */
  const blockedSlots = new Set<string>();
  /** Tenants of which something found no place. */
  let behind = new Set<string>();
  /** There may be open ones of tenants that were not looked at. */
  let isIncomplete = false;
  let lastServed: string | null = null;
  let pumping: Promise<void> | null = null;
  let pumpAgain = false;
  return {
    pump,
    add(tenantId) {
      if (tenantId === null) isIncomplete = true;
      else behind.add(tenantId);
    },
    isEmpty: (tenantId) => !isIncomplete && (tenantId === null ? behind.size === 0 : !behind.has(tenantId)),
    unblock: () => blockedSlots.clear(),
    isBlocked: () => blockedSlots.size > 0,
    take,
  };

  function pump(): void {
    if (!isRunning()) return;
    if (pumping) {
      pumpAgain = true;
      return;
    }
    pumping = takeUp()
      .catch((error) => {
        log.error({ err: error }, 'Open executions could not be taken up; it is tried again');
        isIncomplete = true;
        clock.after(RETRY_MS, pump);
      })
      .finally(() => {
        pumping = null;
        // A place that became free meanwhile may have been looked past.
        if (!pumpAgain) return;
        pumpAgain = false;
        pump();
      });
    track(pumping);
  }

  async function takeUp(): Promise<void> {
    for (;;) {
      const left = new Set<string>();
      const taken = await takeRound(left);
      if (slots.left() <= 0 || !isRunning()) {
        isIncomplete = true;
        return;
      }
      if (taken > 0) continue;
      behind = left;
      isIncomplete = false;
      return;
    }
  }

  /** Goes once through all tenants, from the one after who was served last. Gives how many were taken. */
  async function takeRound(left: Set<string>): Promise<number> {
    const seen = new Set<string>();
    let taken = 0;
    let isFromStart = lastServed === null;
    for (let after = lastServed; ; ) {
      if (slots.left() <= 0 || !isRunning()) return taken;
      const page = await tenantsWithOpen(db, after, Math.min(slots.left(), TENANTS_PER_LOOK));
      for (const tenantId of page) {
        if (slots.left() <= 0) return taken;
        // Round the corner, and back at where it began.
        if (seen.has(tenantId)) return taken;
        seen.add(tenantId);
        taken += await takeOf(tenantId, Math.max(1, Math.floor(slots.left() / page.length)), left);
        after = tenantId;
      }
      if (page.length > 0) continue;
      if (isFromStart) return taken;
      isFromStart = true;
      after = null;
    }
  }

  async function takeOf(tenantId: string, most: number, left: Set<string>): Promise<number> {
    if ((await tenants.standingOf(tenantId)) !== 'active') return 0;
    lastServed = tenantId;
    const rows: ExecutionRow[] = slots.hasRoom(tenantId) ? await openRows(tenantId, Math.min(most, ROWS_PER_LOOK)) : [];
    let taken = 0;
    for (const row of rows) {
      if (!slots.hasRoom(tenantId)) break;
      if (slots.has(row.id) || (row.slot && row.status === 'pending' && blockedSlots.has(row.slot))) continue;
      await takeAlone(row);
      taken++;
    }
    if (rows.length > 0 || !slots.hasRoom(tenantId) || blockedSlots.size > 0) left.add(tenantId);
    return taken;
  }

  function openRows(tenantId: string, limit: number): Knex.QueryBuilder {
    const query = openRowsOf(db, tenantId, [...slots.ids(), ...backoff.ids()], [...blockedSlots]).limit(limit);
    if (owner !== null) query.where((row: Knex.QueryBuilder) => isFree(row, clock.now()));
    return query;
  }

  /** What is wrong with one row is nothing to the others; what is wrong with the database is. */
  async function takeAlone(row: ExecutionRow): Promise<void> {
    try {
      await take(row);
    } catch (error) {
      if (isUnavailable(error)) throw error;
      log.error({ err: error, execution: row.id }, 'An execution could not be taken up; it is tried again');
      backoff.backOff(row.id, row.failures, messageOf(error));
    }
  }

  async function take(row: ExecutionRow): Promise<void> {
    slots.reserve(row);
    let mine: ExecutionRow | null = null;
    try {
      mine = await claim(row);
    } finally {
      if (!mine) events.freed(row);
    }
    if (mine) track(load(mine));
  }

  /** Nobody has it, or who had it is silent, or it is this process that has lost it from its memory. */
  function isFree(row: Knex.QueryBuilder, now: number): void {
    row.whereNull('locked_until').orWhere('locked_until', '<', now).orWhere('locked_by', owner);
  }

  /** Marks it as running here. Null when another replica was faster, its slot is taken, or it was begun too often. */
  async function claim(row: ExecutionRow): Promise<ExecutionRow | null> {
    const now = clock.now();
    // One that nobody has begun and one that waited were cut off by nothing.
    const failures = row.status === 'running' ? row.failures + 1 : row.failures;
    const result = await db.transaction<Claim>(async (trx) => {
      if (row.slot && row.status === 'pending') {
        await trx('workflows_workflows').where({ id: row.workflow_id }).forUpdate().first('id');
        const limit = Number(row.slot.split(':')[1]);
        const taken = await trx('workflows_executions')
          .where({ slot: row.slot })
          .whereIn('status', ['running', 'waiting', 'suspended'])
          .whereNotNull('started_at')
          .count({ total: '*' })
          .first();
        if (Number(taken?.total ?? 0) >= limit) return { isBlocked: true };
      }
      const query = trx('workflows_executions').where({ id: row.id }).whereIn('status', MOVES.begin.from);
      if (owner !== null) query.where((free) => isFree(free, now));
      const lease = owner !== null && { locked_by: owner, locked_until: now + leaseMs };
      const claimed = await query.update({ ...MOVES.begin.written(row, now), failures, ...lease });
      if (claimed === 0) return {};
      if (failures <= MOST_FAILURES) return { mine: { ...row, failures } };
      return { failed: await transitions.end(trx, row, 'fail', tooOften(row)) };
    });
    if (result.isBlocked && row.slot) blockedSlots.add(row.slot);
    if (result.failed) {
      log.error({ execution: row.id }, 'An execution was begun again and again without coming further; it has failed');
      events.ended(result.failed);
    }
    return result.mine ?? null;
  }

  function tooOften({ id }: ExecutionRow): string {
    const reason = backoff.reasonOf(id) ?? 'the process ended while it ran';
    const detail = `It was begun ${MOST_FAILURES} times and came no further: ${reason}`;
    return JSON.stringify(fault('runtime', detail.replaceAll('\0', ''), { instance: '/' }).error);
  }
}
