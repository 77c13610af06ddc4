/**
 * Long work that reports how far it is: imports, exports, backups. Each is a row that outlives the page that asked for it,
 * and an event `operation.changed` for the live channel. A row belongs to a process for as long as that renews its lease;
 * what nobody does any more is `interrupted`, and never runs for ever.
 */
import { randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import { v7 as uuidv7 } from 'uuid';
import type { Principal } from '../access/principal.ts';
import type { Clock } from '../clock.ts';
import type { Database, Transaction } from '../database/database.ts';
import { coreErrors, isAppError, messageOf } from '../errors.ts';
import type { Events } from '../events/events.ts';
import type { Notices } from '../events/notices.ts';
import type { Logger } from '../observability/log.ts';
import { createOperation, type Operation, type Progress, STOPPING } from './operation.ts';
import {
  earliestLease,
  LEASE_MS,
  latestLease,
  type OperationRow,
  type OperationView,
  operationView,
  visibleTo,
} from './operation-row.ts';

export interface NewOperation {
  /** `plugin.verb`, e.g. `licensing.import`. */
  kind: string;
  /** What people read. No personal data: it stays for weeks. */
  title: string;
  /** Who asked for it. */
  principal: Principal;
  /** Whose it is; default the principal's. */
  tenantId?: string | null;
  /** Scope that a key needs to see it; without one, keys with scopes do not. */
  scope?: string;
  /** Only who began it sees it, beside super-admins. */
  isPrivate?: boolean;
  /** The work listens to `signal`. */
  canCancel?: boolean;
  total?: number;
  /** One of this kind runs at a time, on all replicas: a second one is refused with `conflict`. Not with `onlyWhenLong`. */
  isAlone?: boolean;
  /** Noted only once it has reported for a second: most of it is over before anybody looks. */
  onlyWhenLong?: boolean;
}

export interface Operations {
  /** Does the work and waits for it; what it throws is noted, and thrown on. */
  run<T>(what: NewOperation, work: (progress: Progress) => Promise<T>): Promise<T>;
  /** Begins work that goes on after the answer. */
  start(what: NewOperation, work: (progress: Progress) => Promise<unknown>): Promise<OperationView>;
  /** For work whose end is elsewhere, as that of a stream: its owner calls `end` or `fail`. */
  begin(what: NewOperation): Promise<Operation>;
  /** Throws `not_found`, also for what is not the principal's. */
  find(principal: Principal, id: string): Promise<OperationView>;
  /** Asks the process that does it to stop. Throws `not_found`, and `conflict` when it cannot be cancelled (any more). */
  cancel(principal: Principal, id: string): Promise<OperationView>;
  /** Marks what no process does any more. */
  recover(): Promise<void>;
  /** Deletes what ended long ago; gives how many. */
  prune(): Promise<number>;
  removeOfTenant(tenantId: string): Promise<void>;
  startUp(): Promise<void>;
  /** Asks all work of this process to end, and waits at most so long. */
  stop(graceMs: number): Promise<void>;
}

const RENEW_MS = 15_000;
const KEEP_MS = 14 * 24 * 3600 * 1000;
const PRUNED_AT_ONCE = 1_000;
const CANCEL = 'operations.cancel';

interface Services {
  db: Database;
  clock: Clock;
  events: Events;
  notices: Notices;
  log: Logger;
}

export function createOperations({ db, clock, events, notices, log }: Services): Operations {
  const self = randomUUID();
  const underWay = new Map<string, Operation>();
  let cancelLook: (() => void) | null = null;
  let renewed: Promise<void> = Promise.resolve();
  notices.on(CANCEL, (id) => void underWay.get(String(id))?.abort('cancelled'));

  return {
    begin,
    async run(what, work) {
      const operation = await begin(what);
      return finishing(operation, work);
    },
    async start(what, work) {
      const operation = await begin(what);
      finishing(operation, work).catch((error) => {
        const about = { kind: what.kind, operation: operation.id };
        if (isAppError(error)) log.warn({ ...about, reason: messageOf(error) }, 'Long work did not end well');
        else log.error({ ...about, err: error }, `Long work failed: ${messageOf(error)}`);
      });
      return find(what.principal, operation.id);
    },
    find,
    cancel,
    recover,
    async prune() {
      for (let removed = 0; ; ) {
        const old = db
          .write('core_operations')
          .where('ended_at', '<', clock.now() - KEEP_MS)
          .limit(PRUNED_AT_ONCE);
        const count = await db.write('core_operations').whereIn('id', old.select('id')).delete();
        removed += count;
        if (count < PRUNED_AT_ONCE) return removed;
      }
    },
    async removeOfTenant(tenantId) {
      await db.write('core_operations').where({ tenant_id: tenantId }).delete();
    },
    async startUp() {
      // Nobody else writes: whatever is said to run was cut off with the process before this one.
      await interrupt(db.soleWriter ? Number.MAX_SAFE_INTEGER : earliestLease(clock.now()));
    },
    async stop(graceMs) {
      cancelLook?.();
      cancelLook = null;
      const open = [...underWay.values()];
      for (const operation of open) operation.abort(STOPPING);
      const patience = new Promise((done) => setTimeout(done, graceMs).unref());
      await Promise.race([Promise.all(open.map(({ over }) => over)), patience]);
      for (const operation of underWay.values()) await operation.interrupted();
    },
  };

  async function begin(what: NewOperation): Promise<Operation> {
    const { principal, tenantId = principal.tenantId } = what;
    const id = uuidv7();
    const begunAt = clock.now();
    const insert = async (trx: Transaction): Promise<OperationRow> => {
      if (what.isAlone) await refuseSecond(trx, what.kind);
      const [made] = await trx('core_operations')
        .insert({
          uuid: id,
          kind: what.kind,
          title: what.title.slice(0, 200),
          tenant_id: tenantId,
          user_id: principal.userId,
          scope: what.scope ?? null,
          is_private: what.isPrivate ?? false,
          can_cancel: what.canCancel ?? false,
          state: 'running',
          total: what.total ?? null,
          process: self,
          leased_until: clock.now() + LEASE_MS,
          begun_at: begunAt,
          changed_at: clock.now(),
        })
        .returning('*');
      if (!made) throw new Error('The operation was not written');
      return made;
    };
    const operation = createOperation({ db, clock, log, id, insert, announce });
    if (!what.onlyWhenLong) await operation.note();
    underWay.set(id, operation);
    check();
    void operation.over.then(() => underWay.delete(id));
    return operation;
  }

  /** Asked and written under one lock: of two that begin at the same moment, here or at two replicas, one does. */
  async function refuseSecond(trx: Transaction, kind: string): Promise<void> {
    if (db.client === 'pg') await trx.raw('select pg_advisory_xact_lock(hashtext(?))', [`operation ${kind}`]);
    const running = trx('core_operations')
      .where({ kind, state: 'running' })
      .whereBetween('leased_until', [earliestLease(clock.now()), latestLease(clock.now())]);
    if (await running.first('id')) throw coreErrors.conflict({ message: 'This is under way already' });
  }

  async function finishing<T>(operation: Operation, work: (progress: Progress) => Promise<T>): Promise<T> {
    try {
      const result = await work(operation);
      await operation.end(result);
      return result;
    } catch (error) {
      await operation.fail(error);
      throw error;
    }
  }

  async function rowOf(principal: Principal, id: string): Promise<OperationRow> {
    const row: OperationRow | undefined = await visibleTo(
      db.read('core_operations').where({ uuid: id }),
      principal,
    ).first();
    if (!row) throw coreErrors.not_found({ message: 'There is no such operation' });
    return row;
  }

  async function find(principal: Principal, id: string): Promise<OperationView> {
    return operationView(await rowOf(principal, id), clock.now());
  }

  async function cancel(principal: Principal, id: string): Promise<OperationView> {
    const { can_cancel } = operationView(await rowOf(principal, id), clock.now());
    const now = clock.now();
    const [row] = !can_cancel
      ? []
      : await db.transaction(async (trx) => {
          const asked = await trx('core_operations')
            .where({ uuid: id, state: 'running' })
            .update({ cancel_requested_at: now, changed_at: now })
            .returning('*');
          if (asked[0]) await announce(trx, asked[0]);
          await notices.send(trx, CANCEL, id);
          return asked;
        });
    if (!row) throw coreErrors.conflict({ message: 'This cannot be cancelled, or has ended already' });
    return operationView(row, now);
  }

  async function announce(trx: Transaction, row: OperationRow): Promise<void> {
    const { result: _, ...view } = operationView(row, clock.now());
    await events.emit(trx, 'operation.changed', view, { tenantId: row.tenant_id, subject: row.uuid });
  }

  /** Leases are renewed for as long as there are some. */
  function check(): void {
    cancelLook ??= clock.after(RENEW_MS, () => {
      cancelLook = null;
      if (underWay.size === 0) return;
      check();
      renew().catch((error) => log.warn({ reason: messageOf(error) }, 'Leases of long work could not be renewed'));
    });
  }

  async function recover(): Promise<void> {
    if (underWay.size > 0) await renew();
    await interrupt(earliestLease(clock.now()));
  }

  /** One after the other: a lease that is noted late would cut a newer one short. */
  function renew(): Promise<void> {
    renewed = renewed.catch(() => {}).then(renewLeases);
    return renewed;
  }

  /** Says that this process goes on, and learns what was cancelled or taken for lost while it did not hear of it. */
  async function renewLeases(): Promise<void> {
    const open = [...underWay].filter(([, operation]) => operation.isNoted());
    const kept = await db
      .write('core_operations')
      .where({ process: self, state: 'running' })
      .whereIn('uuid', [...new Map(open).keys()])
      .update({ leased_until: clock.now() + LEASE_MS })
      .returning('*');
    const rows = new Map(kept.map((row) => [row.uuid, row]));
    for (const [id, operation] of open) {
      const row = rows.get(id);
      if (!row) operation.abort('lost');
      else if (row.cancel_requested_at !== null) operation.abort('cancelled');
    }
  }

  async function interrupt(before: number): Promise<void> {
    const isLost = (row: Knex.QueryBuilder) =>
      void row.where('leased_until', '<', before).orWhere('leased_until', '>', latestLease(clock.now()));
    const lost = await db.read('core_operations').where({ state: 'running' }).where(isLost);
    for (const { id } of lost) {
      await db.transaction(async (trx) => {
        const [row] = await trx('core_operations')
          .where({ id, state: 'running' })
          .where(isLost)
          .update({ state: 'interrupted', ended_at: clock.now(), changed_at: clock.now() })
          .returning('*');
        if (row) await announce(trx, row);
      });
    }
  }
}
