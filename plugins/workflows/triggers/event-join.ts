/** Joins of events: strategies of several events that start a workflow together: what has come is kept until all are there. */
import { sha256 } from '#core/kit.ts';
import type { CloudEvent, Services, Transaction } from '#core/plugin.ts';
import type { ActiveWorkflow } from '../definitions/definitions.ts';
import type { WorkflowRow } from '../definitions/tables.ts';
import { type Correlation, constantsOf, consume, type Gathered, hasCome, type Received } from '../engine/matching.ts';
import type { Strategy } from '../language/definition.ts';
import { type Scope, TENANT } from '../language/expressions.ts';
import type { GatheredRow } from './tables.ts';

/** Events that start a workflow together, and what they have in common. */
export interface Together {
  events: readonly CloudEvent[];
  correlation: Correlation;
}

export interface EventJoin {
  /** Adds the event to what has come; gives all when it is the last that was missing, also when it comes again. */
  add(workflow: ActiveWorkflow, event: CloudEvent): Promise<Together | null>;
  /** What they start has started: they are not kept any more. */
  deleteCollected(workflow: ActiveWorkflow, event: CloudEvent): Promise<void>;
}

const COMPLETED = 'completed ';
const SIZE = 'length(received) as size';
/** Sets of events of one workflow that are not complete, and the characters of all: an event is held against each set. */
const MOST_GATHERED = 1_000;
const LONGEST_GATHERED = 32 * 1024 * 1024;

/** `size` is of what was received. */
type Kept = GatheredRow & { size: number };

export function createEventJoin({ db, clock, log }: Pick<Services, 'db' | 'clock' | 'log'>): EventJoin {
  return {
    add,
    async deleteCollected({ row }, event) {
      await db
        .write('workflows_gathered')
        .where({ workflow_id: row.id, correlation: completedBy(event) })
        .delete();
    },
  };

  /** Judged outside of the transaction, as expressions may take their time; once more when others have come meanwhile. */
  async function add({ row, definition }: ActiveWorkflow, event: CloudEvent): Promise<Together | null> {
    for (;;) {
      const rows: Kept[] = await ofWorkflow(db.write, row.id).select('*', db.write.raw(SIZE));
      const surplus = surplusOf(rows);
      const left = rows.filter(({ id }) => !surplus.has(id));
      const change = await changeBy(event, left, definition.schedule?.on ?? {}, row.tenant_id);
      const { write } = change;
      if (!write) return change.together;
      const isDone = await db.transaction(async (trx) => {
        // One event after another, also the first two: no row of theirs is there yet to be locked.
        await trx('workflows_workflows').where({ id: row.id }).forUpdate().first('id');
        const now: Kept[] = await ofWorkflow(trx, row.id).select('id', 'correlation', trx.raw(SIZE));
        if (fingerprint(now) !== fingerprint(rows)) return false;
        if (surplus.size > 0) await deleteSurplus(trx, row, surplus);
        await write(trx, row);
        return true;
      });
      if (isDone) return change.together;
    }
  }

  /** What starts, and what is to be kept. */
  async function changeBy(
    event: CloudEvent,
    rows: readonly GatheredRow[],
    strategy: Strategy,
    tenant: string,
  ): Promise<{ together: Together | null; write?(trx: Transaction, row: WorkflowRow): Promise<unknown> }> {
    const scope: Scope = { [TENANT]: tenant };
    const completed = rows.find(({ correlation }) => correlation === completedBy(event));
    if (completed) {
      const { received, correlation } = gatheredIn(completed);
      return { together: together(received, correlation) };
    }
    const sets = rows.map((kept) => ({ kept, ...gatheredIn(kept) }));
    if (sets.some((set) => hasCome(set, event))) return { together: null };
    // The oldest first; what none of them needs any more begins another.
    for (const { kept, correlation, ...gathered } of sets) {
      if (kept.correlation.startsWith(COMPLETED)) continue;
      const result = await consume(strategy, gathered, event, correlation, (one) => one.data, scope);
      if (!result) continue;
      const patch = { received: textOf(result, correlation) };
      const changed = result.isDone ? { ...patch, correlation: completedBy(event) } : patch;
      return {
        together: result.isDone ? together(result.received, correlation) : null,
        write: (trx) => trx('workflows_gathered').where({ id: kept.id }).update(changed),
      };
    }
    const correlation = constantsOf(strategy);
    const first = await consume(strategy, { received: [] }, event, correlation, (one) => one.data, scope);
    if (!first) return { together: null };
    if (first.isDone) return { together: together(first.received, correlation) };
    const received = textOf(first, correlation);
    return {
      together: null,
      write: (trx, row) =>
        trx('workflows_gathered').insert({
          workflow_id: row.id,
          received,
          created_at: clock.now(),
          correlation: digestOf(event),
        }),
    };
  }

  async function deleteSurplus(trx: Transaction, row: WorkflowRow, surplus: ReadonlySet<number>): Promise<void> {
    await trx('workflows_gathered')
      .whereIn('id', [...surplus])
      .delete();
    log.warn(
      { workflow: `${row.namespace}/${row.name}`, removed: surplus.size },
      'Too many events wait for the others that start a workflow with them; the oldest are forgotten',
    );
  }
}

function ofWorkflow(db: Services['db']['write'], workflowId: number) {
  return db('workflows_gathered').where({ workflow_id: workflowId }).orderBy('id');
}

/** A set only grows. */
function fingerprint(rows: readonly Kept[]): string {
  return rows.map(({ id, correlation, size }) => `${id} ${correlation} ${size}`).join('\n');
}

/** The oldest sets, while there are more than is read for each event. */
function surplusOf(rows: readonly GatheredRow[]): Set<number> {
  const open = rows.filter(({ correlation }) => !correlation.startsWith(COMPLETED));
  let length = open.reduce((sum, { received }) => sum + received.length, 0);
  const surplus = new Set<number>();
  for (const { id, received } of open) {
    if (open.length - surplus.size <= MOST_GATHERED && length <= LONGEST_GATHERED) break;
    surplus.add(id);
    length -= received.length;
  }
  return surplus;
}

export function together(received: readonly Received[], correlation: Correlation): Together {
  return { events: received.map(({ event }) => event), correlation };
}

function gatheredIn({ received }: GatheredRow): Gathered & { correlation: Correlation } {
  return JSON.parse(received);
}

function textOf({ received, until }: Gathered, correlation: Correlation): string {
  return JSON.stringify({ received, until, correlation });
}

/** Stands in the place of the first event when all are there, until the execution is: a repeat finds them so. */
function completedBy(event: CloudEvent): string {
  return COMPLETED + digestOf(event);
}

function digestOf({ source, id }: CloudEvent): string {
  return sha256(JSON.stringify([source, id]));
}
