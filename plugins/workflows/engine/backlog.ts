/** What is open in the database: taken up where there is room, the oldest of the highest priority first. */
import type { Knex } from 'knex';
import type { Services } from '#core/plugin.ts';
import type { ExecutionRow } from '../tables.ts';
import type { Places } from './places.ts';

export interface Backlog {
  /** Takes up what is open: new ones that found no room, and those that a crash cut off. */
  pump(): void;
  /** There is something open: nothing new goes past it. */
  add(): void;
  isEmpty(): boolean;
  /** A limit of workflows may have a place again. */
  unblock(): void;
  isBlocked(): boolean;
  /** Reserves a place, marks the row as running here and goes on with it. */
  take(row: ExecutionRow): Promise<void>;
}

export interface BacklogOptions extends Pick<Services, 'db' | 'clock' | 'log'> {
  places: Places;
  /** Name of this process among the replicas; null when there is none beside it. */
  owner: string | null;
  leaseMs: number;
  isRunning(): boolean;
  /** Goes on with an execution whose place is reserved. */
  load(row: ExecutionRow): Promise<void>;
  /** Lets the end of the process wait for it. */
  track(work: Promise<unknown>): void;
}

const ROWS_PER_LOOK = 200;
const RETRY_MS = 1_000;

export function createBacklog(options: BacklogOptions): Backlog {
  const { db, clock, log, places, owner, leaseMs, isRunning, load, track } = options;
  /** Limits of workflows that are used up; known from the last look. */
  const blockedSlots = new Set<string>();
  let hasMore = false;
  let pumping: Promise<void> | null = null;
  return {
    pump,
    add() {
      hasMore = true;
    },
    isEmpty: () => !hasMore,
    unblock: () => blockedSlots.clear(),
    isBlocked: () => blockedSlots.size > 0,
    take,
  };

  function pump(): void {
    if (!isRunning() || pumping) return;
    pumping = takeUp()
      .catch((error) => {
        log.error({ err: error }, 'Open executions could not be taken up; it is tried again');
        hasMore = true;
        clock.after(RETRY_MS, pump);
      })
      .finally(() => {
        pumping = null;
      });
    track(pumping);
  }

  async function takeUp(): Promise<void> {
    for (;;) {
      if (places.left() <= 0 || !isRunning()) {
        hasMore = true;
        return;
      }
      const full = places.fullTenants();
      const open: ExecutionRow[] = await openRows(full);
      if (open.length === 0) {
        hasMore = blockedSlots.size > 0 || full.length > 0;
        return;
      }
      for (const row of open) {
        if (!places.hasRoom(row.tenant_id) || places.has(row.id)) continue;
        if (row.slot && row.status === 'pending' && blockedSlots.has(row.slot)) continue;
        await take(row);
      }
    }
  }

  function openRows(full: readonly string[]): Knex.QueryBuilder {
    const query = db
      .write('workflows_executions')
      .whereIn('status', ['pending', 'running'])
      .whereNotIn('id', places.ids())
      .orderBy([{ column: 'priority', order: 'desc' }, { column: 'seq' }])
      .limit(Math.min(places.left(), ROWS_PER_LOOK));
    if (owner !== null) query.where((row) => isFree(row, clock.now()));
    if (full.length > 0) query.whereNotIn('tenant_id', full);
    if (blockedSlots.size === 0) return query;
    // One that runs has its place already.
    return query.where((row) =>
      row
        .whereNot('status', 'pending')
        .orWhereNull('slot')
        .orWhereNotIn('slot', [...blockedSlots]),
    );
  }

  async function take(row: ExecutionRow): Promise<void> {
    places.reserve(row);
    let isMine = false;
    try {
      isMine = await claim(row);
    } finally {
      if (!isMine) places.release(row);
    }
    if (isMine) track(load(row));
  }

  /** Nobody has it, or who had it is silent, or it is this process that has lost it from its memory. */
  function isFree(row: Knex.QueryBuilder, now: number): void {
    row.whereNull('locked_until').orWhere('locked_until', '<', now).orWhere('locked_by', owner);
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
      if (owner !== null) query.where((free) => isFree(free, now));
      const claimed = await query.update({
        status: 'running',
        started_at: row.started_at ?? now,
        ...(owner !== null && { locked_by: owner, locked_until: now + leaseMs }),
      });
      return claimed > 0;
    });
  }
}
