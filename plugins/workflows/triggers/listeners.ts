/** Hands events to the executions that wait for them, each alone: what is wrong with one keeps no other waiting. */
import type { CloudEvent, Services, Transaction } from '#core/plugin.ts';
import type { WorkflowsConfig } from '../config.ts';
import { recordCorrelations, valuesOf } from '../engine/correlations.ts';
import type { Engine } from '../engine/engine.ts';
import { subscribersOf } from '../engine/event-attributes.ts';
import { consume, type Received } from '../engine/matching.ts';
import { hiddenIn, sealed, unsealed } from '../engine/secret-texts.ts';
import type { WaitRow } from '../engine/tables.ts';
import { type ListenDetail, readOf } from '../engine/tasks/listen.ts';
import { type Scope, TENANT } from '../language/expressions.ts';
import { Fault } from '../language/faults.ts';
import { isPermanent } from './permanent-errors.ts';

export interface Listeners {
  /**
   * Adds the event to each wait that asks for it; those that have everything are due at once. Throws what may be better
   * the next time, after all have been tried. Again with the same event changes nothing.
   */
  wake(event: CloudEvent): Promise<void>;
}

/** What an event makes of a wait. */
interface Change {
  /** By which the execution is found from now on. */
  values: string[];
  patch: Pick<WaitRow, 'detail' | 'received'> & { wake_at?: number };
  isWoken: boolean;
}

/** `foreach` works on what has come while more comes; only what it cannot keep up with gathers. */
const ROUNDS = 8;

export function createListeners(services: Services & { workflowEngine: Engine; config: WorkflowsConfig }): Listeners {
  const { db, log, catalogue, config } = services;
  return { wake };

  async function wake(event: CloudEvent): Promise<void> {
    const candidates = await db
      .write('workflows_waits')
      .join('workflows_wait_types', 'workflows_wait_types.wait_id', 'workflows_waits.id')
      .whereIn('workflows_wait_types.type', [event.type, '*'])
      .whereIn('workflows_waits.tenant_id', subscribersOf(event, catalogue))
      .distinct('workflows_waits.id', 'workflows_waits.execution_id');
    const failures: unknown[] = [];
    for (const { id, execution_id } of candidates) {
      try {
        if (await receive(Number(id), event)) services.workflowEngine.wake(0);
      } catch (error) {
        if (!isPermanent(error)) failures.push(error);
        else await giveUp(Number(id), String(execution_id), error);
      }
    }
    if (failures.length > 0) throw failures[0];
  }

  async function giveUp(id: number, execution: string, error: unknown): Promise<void> {
    if (error instanceof Fault) {
      log.warn({ execution, reason: error.message }, 'An event could not be given to an execution that listens');
      return;
    }
    log.error({ err: error, execution }, 'An execution that listens cannot be read; it is woken, and will say so');
    await db.write('workflows_waits').where({ id }).update({ wake_at: 0 });
    services.workflowEngine.wake(0);
  }

  /** Judged outside of the transaction, as expressions may take their time; once more when the wait has changed meanwhile. */
  async function receive(id: number, event: CloudEvent): Promise<boolean> {
    for (;;) {
      const wait = await db.write('workflows_waits').where({ id }).first();
      const change = wait && (await changeBy(event, wait));
      if (!wait || !change) return false;
      if (await db.transaction((trx) => isChanged(trx, wait, change))) return change.isWoken;
    }
  }

  async function changeBy(event: CloudEvent, wait: WaitRow): Promise<Change | null> {
    const { execution_id } = wait;
    const open = (text: string): string => unsealed(services, execution_id, text);
    const detail: ListenDetail = JSON.parse(open(wait.detail));
    if (detail.isDone || detail.isFull) return null;
    const before = { ...detail.correlation };
    const read = (one: CloudEvent): unknown => readOf(one, detail.read);
    // Waits of the first versions have no scope.
    const scope: Scope = { ...JSON.parse(open(detail.scope ?? '{}')), [TENANT]: wait.tenant_id };
    const received: Received[] = JSON.parse(open(wait.received));
    const result = await consume(
      detail.strategy,
      { received, until: detail.until },
      event,
      detail.correlation,
      read,
      scope,
    );
    if (!result) return null;
    detail.isDone = result.isDone;
    detail.until = result.until;
    const hidden = hiddenOf(wait, detail);
    const fixed = Object.entries(detail.correlation).filter(([name]) => !Object.hasOwn(before, name));
    const text = JSON.stringify(result.received);
    // All of it is read and written with each event, and it could not be the output of the task.
    detail.isFull = text.length > config.maxDataBytes * (detail.each ? ROUNDS : 1);
    const isWoken = result.isDone || detail.isFull || (detail.each && result.received.length > received.length);
    const seal = (json: string): string => sealed(services, execution_id, json, hidden);
    const kept = detail.isFull ? wait.received : seal(text);
    return {
      // What is a secret is no word to look for.
      values: valuesOf(Object.fromEntries(fixed)).filter((value) => !hidden.some((text) => value.includes(text))),
      patch: { detail: seal(JSON.stringify(detail)), received: kept, ...(isWoken && { wake_at: 0 }) },
      isWoken,
    };
  }

  /** False when the wait is not any more what was looked at. */
  async function isChanged(trx: Transaction, seen: WaitRow, { values, patch }: Change): Promise<boolean> {
    const { id, execution_id, tenant_id } = seen;
    const wait = await trx('workflows_waits').where({ id }).forUpdate().first();
    if (wait?.detail !== seen.detail || wait.received !== seen.received) return false;
    await recordCorrelations(trx, { id: execution_id, tenant_id }, values);
    await trx('workflows_waits').where({ id }).update(patch);
    return true;
  }

  /** Texts that the execution knows to be secret. */
  function hiddenOf({ execution_id, detail: text }: WaitRow, detail: ListenDetail): string[] {
    const given: string[] = detail.hidden ? JSON.parse(unsealed(services, execution_id, detail.hidden)) : [];
    return [...given, ...hiddenIn(services, execution_id, [text, detail.scope ?? null])];
  }
}
