/** Strategies of several events that start a workflow together: what has come is kept until all are there. */
import type { CloudEvent } from '#core/events/events.ts';
import type { Services, Transaction } from '#core/plugin.ts';
import { sha256 } from '#core/security/tokens.ts';
import { type Correlation, consume, type Received } from '../engine/matching.ts';
import type { ActiveWorkflow } from '../engine/needs.ts';
import type { GatheredRow, WorkflowRow } from '../tables.ts';

/** Events that start a workflow together, and what they have in common. */
export interface Together {
  events: readonly CloudEvent[];
  correlation: Correlation;
}

export interface Gathering {
  /** Adds the event to what has come; gives all when it is the last that was missing, also when it comes again. */
  add(workflow: ActiveWorkflow, event: CloudEvent): Promise<Together | null>;
  /** What they start has started: they are not kept any more. */
  forget(workflow: ActiveWorkflow, event: CloudEvent): Promise<void>;
}

const COMPLETED = 'completed ';
/** Sets of events of one workflow that are not complete, and the characters of all: an event is held against each set. */
const MOST_GATHERED = 1_000;
const LONGEST_GATHERED = 32 * 1024 * 1024;

export function createGathering({ db, clock, log }: Pick<Services, 'db' | 'clock' | 'log'>): Gathering {
  return {
    add,
    async forget({ row }, event) {
      await db
        .write('workflows_gathered')
        .where({ workflow_id: row.id, correlation: completedBy(event) })
        .delete();
    },
  };

  async function add({ row, definition }: ActiveWorkflow, event: CloudEvent): Promise<Together | null> {
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
}

export function together(received: readonly Received[], correlation: Correlation): Together {
  return { events: received.map(({ event }) => event), correlation };
}

function gatheredIn({ received }: GatheredRow): { received: readonly Received[]; correlation: Correlation } {
  return JSON.parse(received);
}

/** Stands in the place of the first event when all are there, until the execution is: a repeat finds them so. */
function completedBy(event: CloudEvent): string {
  return COMPLETED + digestOf(event);
}

function digestOf({ source, id }: CloudEvent): string {
  return sha256(JSON.stringify([source, id]));
}
