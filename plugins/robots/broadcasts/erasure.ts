/**
 * Erasure: taking recipients out of broadcasts, whatever has become of them: as if they had not been there, so that a broadcast ends
 * that waits for nobody else. And names out of what is written down to be sent. Tables: robots_broadcasts,
 * robots_broadcast_recipients, robots_scheduled_messages.
 */
import { inSteps } from '#core/kit.ts';
import type { Services, Transaction } from '#core/plugin.ts';
import type { ConversationHooks, ErasedPerson } from '../conversations/hooks.ts';
import type { RobotHooks } from '../robots/hooks.ts';
import type { BroadcastProgress, Counts } from './progress.ts';
import { scheduleStates } from './states.ts';
import type { RecipientRow } from './tables.ts';

export interface BroadcastErasure {
  /** In steps; what a crash leaves is taken out when it is asked for again. */
  person(person: ErasedPerson): Promise<void>;
  /** Those that a robot was to send to. */
  robot(id: number): Promise<void>;
}

export function createBroadcastErasure({
  db,
  clock,
  robotHooks,
  conversationHooks,
  broadcastProgress,
}: Services & {
  robotHooks: RobotHooks;
  conversationHooks: ConversationHooks;
  broadcastProgress: BroadcastProgress;
}): BroadcastErasure {
  const robot = (id: number) => recipients((rows) => rows.where({ robot: id }));
  robotHooks.erasing.add(robot);
  conversationHooks.erasingPerson.add(person);
  return { person, robot };

  async function person({ tenantId, channel, robots, names, rooms, contacts }: ErasedPerson): Promise<void> {
    await recipients((ids) => ids.whereIn('contact', [...contacts]));
    // What is sent to a name is sent to whoever is spoken with alone.
    if (rooms !== null) return;
    const broadcasts = await db.read('robots_broadcasts').where({ tenant_id: tenantId }).orderBy('id');
    for (const { id: broadcast, robots: senders } of broadcasts) {
      if (!isSentBy(JSON.parse(senders), robots)) continue;
      // Those whom nobody knew at the start.
      await recipients((ids) => {
        ids.where({ broadcast, channel, contact: null }).whereIn('name', [...names]);
        if (robots) ids.whereIn('robot', keysOf(robots));
      });
      await db.transaction((trx) => outOfBroadcast(trx, broadcast, new Set(names)));
    }
    await db.transaction((trx) => outOfSchedule(trx, tenantId, robots, new Set(names)));
  }

  async function recipients(narrow: (rows: ReturnType<typeof rowsOf>) => unknown): Promise<void> {
    await inSteps((limit) => db.transaction((trx) => some(trx, limit, narrow)));
  }

  function rowsOf(trx: Transaction, limit: number) {
    return trx('robots_broadcast_recipients').orderBy('id').limit(limit);
  }

  async function some(
    trx: Transaction,
    limit: number,
    narrow: (rows: ReturnType<typeof rowsOf>) => unknown,
  ): Promise<number> {
    const wanted = rowsOf(trx, limit);
    narrow(wanted);
    const found: Pick<RecipientRow, 'id' | 'broadcast'>[] = await wanted.select('id', 'broadcast');
    const broadcasts = [...new Set(found.map(({ broadcast }) => broadcast))];
    // Who sends a broadcast locks it before its recipients.
    await trx('robots_broadcasts').whereIn('id', broadcasts).orderBy('id').forUpdate().select('id');
    const ids = found.map(({ id }) => id);
    const rows = () => trx('robots_broadcast_recipients').whereIn('id', ids);
    const gone = await rows().orderBy('id').forUpdate().select('broadcast', 'state');
    await rows().delete();
    for (const [broadcast, own] of Map.groupBy(gone, (row) => row.broadcast))
      await broadcastProgress.count(trx, broadcast, takenOut(own));
    return found.length;
  }

  async function outOfBroadcast(trx: Transaction, id: number, names: ReadonlySet<string>): Promise<void> {
    const row = await trx('robots_broadcasts').where({ id }).forUpdate().first();
    if (!row) return;
    const audience: { names?: string[] } = JSON.parse(row.audience);
    const excluded: string[] = JSON.parse(row.excluded);
    const left = { names: without(audience.names ?? [], names), excluded: without(excluded, names) };
    if (left.names.length === (audience.names ?? []).length && left.excluded.length === excluded.length) return;
    // While it is being frozen, so many of the names as were looked at are passed over.
    const names_done = without((audience.names ?? []).slice(0, row.names_done), names).length;
    const change = { audience: JSON.stringify({ ...audience, names: left.names }), names_done };
    await trx('robots_broadcasts')
      .where({ id })
      .update({ ...change, excluded: JSON.stringify(left.excluded), updated_at: clock.now() });
  }

  async function outOfSchedule(
    trx: Transaction,
    tenantId: string,
    robots: ErasedPerson['robots'],
    names: ReadonlySet<string>,
  ): Promise<void> {
    const query = trx('robots_scheduled_messages').where({ tenant_id: tenantId }).forUpdate();
    if (robots) query.whereIn('robot', keysOf(robots));
    const rows = await query;
    for (const { id, names: text, state } of rows) {
      const all: string[] = JSON.parse(text);
      const left = without(all, names);
      if (left.length === all.length) continue;
      const isOver = left.length === 0 && scheduleStates.may('cancel', state);
      const end = isOver ? scheduleStates.change('cancel', { next_at: null }) : {};
      await trx('robots_scheduled_messages')
        .where({ id })
        .update({ names: JSON.stringify(left), ...end, updated_at: clock.now() });
    }
  }
}

/** Whether the names of a broadcast may be of this person: on another robot they are somebody else's. */
function isSentBy(senders: readonly string[], robots: ErasedPerson['robots']): boolean {
  return robots === null || robots.some(({ robot_id }) => senders.includes(robot_id));
}

function keysOf(robots: readonly { id: number }[]): number[] {
  return robots.map(({ id }) => id);
}

function without(all: readonly string[], names: ReadonlySet<string>): string[] {
  return all.filter((name) => !names.has(name));
}

/** What their leaving takes from the counts; who waits is in the total alone. */
function takenOut(rows: readonly Pick<RecipientRow, 'state'>[]): Partial<Counts> {
  const counts: Partial<Counts> = { total: -rows.length };
  for (const { state } of rows) if (state !== 'waiting') counts[state] = (counts[state] ?? 0) - 1;
  return counts;
}
