/**
 * Which types of events workflows wait for, so that all others cost nothing.
 *
 * Where this process is the only writer, it knows. Where there are replicas, what one of them has just begun to wait for is
 * known to the others only by the database: so the transaction that makes an event asks it, once for each type. Who was
 * told that a workflow is published or an execution waits was told so after its commit, and every statement that begins
 * later sees it (READ COMMITTED): no event that is made after that answer is missed. Notices between the processes could
 * not promise this, since an event may be faster than a notice. What is published at the same moment as the event, before
 * anybody was answered, counts as later than it.
 */
import type { CloudEvent, Services, Transaction } from '#core/plugin.ts';
import type { Definitions } from '../definitions/definitions.ts';
import type { Fact } from './records.ts';

export interface EventInterest {
  /** Whether anybody may hear it: lifecycle events that nobody can hear are not even noted. */
  mayBeHeard(type: string): boolean;
  /** Whether nobody at all hears anything at this moment, as where no workflow waits for events. */
  isNobodyThere(): boolean;
  /** Those of them that somebody hears. */
  wanted(trx: Transaction, facts: readonly Fact[]): Promise<CloudEvent[]>;
  /** An execution waits for these from now on; '*' is every type. */
  await(types: readonly string[]): void;
  /** Whether a durable subscriber wants events of this type. */
  isWanted(type: string, trx: Transaction): boolean | Promise<boolean>;
  /** Whether an execution may wait for events of this type. */
  isAwaited(type: string): boolean;
  /** Reads anew what definitions and waiting executions ask for. */
  refresh(): Promise<void>;
}

export function createEventInterest({
  db,
  events,
  workflowDefinitions,
}: Services & { workflowDefinitions: Definitions }): EventInterest {
  const isShared = !db.soleWriter;
  const awaited = new Set<string>();
  let scheduled = new Set<string>();
  /** What transactions under way have asked. */
  const answers = new WeakMap<Transaction, Map<string, boolean>>();
  workflowDefinitions.onChange(refreshScheduled);

  return {
    isWanted: (type, trx) => (isShared ? asked(trx, type) : isKnown(type)),
    isNobodyThere: () => !isShared && awaited.size === 0 && scheduled.size === 0 && !events.hasListeners(),
    mayBeHeard: (type) => isShared || isKnown(type) || events.hasListeners(),
    isAwaited: (type) => isShared || awaited.has(type) || awaited.has('*'),
    await(types) {
      for (const type of types) awaited.add(type);
    },
    async wanted(trx, facts) {
      if (facts.length === 0) return [];
      if (isShared && !events.hasListeners()) await ask(trx, [...new Set(facts.map(({ type }) => type))]);
      const isHeard = ({ type, isPrivate }: Fact): boolean =>
        !isPrivate || events.hasListeners() || (isShared ? answers.get(trx)?.get(type) === true : isKnown(type));
      return facts.filter(isHeard).map(({ event }) => event());
    },
    async refresh() {
      if (isShared) return;
      await refreshScheduled();
      for (const { type } of await db.read('workflows_wait_types').distinct('type')) awaited.add(type);
    },
  };

  function isKnown(type: string): boolean {
    return scheduled.has(type) || awaited.has(type) || scheduled.has('*') || awaited.has('*');
  }

  async function refreshScheduled(): Promise<void> {
    if (isShared) return;
    scheduled = new Set(await db.read('workflows_schedule_types').distinct('type').pluck('type'));
  }

  async function asked(trx: Transaction, type: string): Promise<boolean> {
    await ask(trx, [type]);
    return answers.get(trx)?.get(type) === true;
  }

  /** One statement for those that this transaction has not asked yet. */
  async function ask(trx: Transaction, types: readonly string[]): Promise<void> {
    const known = answers.get(trx) ?? new Map<string, boolean>();
    answers.set(trx, known);
    const unknown = types.filter((type) => !known.has(type));
    if (unknown.length === 0) return;
    const wanted = [...unknown, '*'];
    const found: { type: string }[] = await trx
      .from('workflows_wait_types')
      .whereIn('type', wanted)
      .select('type')
      .union((other) => other.from('workflows_schedule_types').whereIn('type', wanted).select('type'));
    const asksFor = new Set(found.map(({ type }) => type));
    for (const type of unknown) known.set(type, asksFor.has(type) || asksFor.has('*'));
  }
}
