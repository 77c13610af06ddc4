/**
 * Offering commands: which of those that are open go to a robot now, in which order. A command that was offered and has no
 * result is offered again after a while; one for a recipient waits while an earlier one for the same recipient may still be
 * on its way elsewhere, so that nobody reads an answer before its question. Table: robots_commands.
 */
import { givenTable } from '#core/database/given-rows.ts';
import { defineBatch, type Services, type Transaction } from '#core/plugin.ts';
import type { RobotsConfig } from '../config.ts';
import type { CommandRow } from '../tables.ts';
import { OPEN, OPEN_BY_ROBOT } from './open-commands.ts';

/** One for all robots that nothing waits for. */
const NOBODY: ReadonlySet<string> = new Set();
/** More names than these are not kept in memory for a robot. */
const MOST_HELD_UP = 1_000;

/** How polls are named among the ways that commands are offered over. */
export const POLL = 'poll';

export interface Offer {
  id: number;
  commandId: string;
  code: number;
  type: string;
  params: Record<string, unknown>;
  priority: number;
  createdAt: number;
}

export interface Claim {
  robot: number;
  /** Id of the socket, or `poll`. */
  over: string;
  limit: number;
}

export interface Claimed {
  offers: Offer[];
  /** Whether there may be more to offer at once. */
  hasMore: boolean;
  /**
   * Recipients for whom something is open that was not offered over this socket: what comes next for others may go straight
   * to it. Null when that cannot be said, because there is more to offer or there are too many.
   */
  heldUp: ReadonlySet<string> | null;
  /** When something is due again; null when nothing is under way. */
  nextAt: number | null;
}

export interface Offers {
  claim(claim: Claim): Promise<Claimed>;
}

type Candidate = Pick<
  CommandRow,
  'id' | 'robot' | 'command_id' | 'code' | 'type' | 'params' | 'recipient' | 'priority' | 'created_at'
>;

/** Open commands that are not to be offered now, alike ones as one. */
interface Held {
  robot: number;
  recipient: string;
  priority: number;
  status: 'pending' | 'dispatched';
  offered_over: string | null;
  id: number;
  offered_at: number | null;
  due_at: number;
}

export function createOffers({ db, clock, config }: Services & { config: RobotsConfig }): Offers {
  const repeatMs = config.commands.repeatSeconds * 1000;
  const claiming = defineBatch<Claim, Claimed>({ name: 'robots.offers', write: claim });
  return { claim: (item) => db.batch(claiming, item) };

  async function claim(trx: Transaction, items: Claim[]): Promise<Claimed[]> {
    const now = clock.now();
    const robots = [...new Set(items.map(({ robot }) => robot))].sort((one, other) => one - other);
    // Who claims for a robot takes turns; on SQLite there is one writer anyway.
    if (db.client === 'pg') await trx('robots_robots').whereIn('id', robots).orderBy('id').forUpdate().select('id');
    const most = Math.max(...items.map(({ limit }) => limit));
    const candidates = await candidatesOf(trx, robots, now, most + 1);
    const held = await heldOf(trx, robots, now);
    const chosen = new Map<Claim, Candidate[]>();
    const taken = new Set<number>();
    for (const item of items) {
      const blockers = (held.get(item.robot) ?? []).filter((one) => blocks(one, item.over));
      const open = (candidates.get(item.robot) ?? []).filter(({ id }) => !taken.has(id));
      const free = freeOf(open, blockers);
      const own = free.slice(0, item.limit);
      for (const { id } of own) taken.add(id);
      chosen.set(item, own);
    }
    await markOffered(trx, chosen, now);
    return items.map((item) => {
      const own = chosen.get(item) ?? [];
      const others = held.get(item.robot) ?? [];
      const open = candidates.get(item.robot) ?? [];
      const times = others.map((one) => (one.status === 'pending' ? one.due_at : (one.offered_at ?? now) + repeatMs));
      if (own.length > 0) times.push(now + repeatMs);
      return {
        offers: own.map(offerOf),
        hasMore: own.length === item.limit && open.length > own.length,
        heldUp: heldUpBy(item, { open, own, others }),
        nextAt: times.length > 0 ? Math.min(...times) : null,
      };
    });
  }

  /** Those whose time has come, the most urgent and then the oldest first. */
  async function candidatesOf(trx: Transaction, robots: number[], now: number, most: number) {
    const ranked = trx('robots_commands')
      .whereIn('robot', robots)
      .whereRaw(OPEN)
      .where('expires_at', '>', now)
      .where((due) =>
        due
          .where((fresh) => fresh.where({ status: 'pending' }).where('due_at', '<=', now))
          .orWhere((again) => again.where({ status: 'dispatched' }).where('offered_at', '<=', now - repeatMs)),
      )
      .select('id', 'robot', 'command_id', 'code', 'type', 'params', 'recipient', 'priority', 'created_at')
      .rowNumber('place', (over) => over.partitionBy('robot').orderBy('priority', 'desc').orderBy('id'));
    const rows: Candidate[] = await trx
      .from(ranked.as('ranked'))
      .where('place', '<=', most)
      .orderBy([{ column: 'robot' }, { column: 'place' }]);
    return Map.groupBy(rows, ({ robot }) => robot);
  }

  async function heldOf(trx: Transaction, robots: number[], now: number): Promise<Map<number, Held[]>> {
    const rows: Held[] = await trx
      .from(trx.raw(OPEN_BY_ROBOT[db.client === 'pg' ? 'pg' : 'sqlite']))
      .whereIn('robot', robots)
      .whereRaw(OPEN)
      .where('expires_at', '>', now)
      .where((held) =>
        held
          .where((later) => later.where({ status: 'pending' }).where('due_at', '>', now))
          .orWhere((under) => under.where({ status: 'dispatched' }).where('offered_at', '>', now - repeatMs)),
      )
      .groupBy('robot', 'recipient', 'priority', 'status', 'offered_over')
      .select('robot', 'recipient', 'priority', 'status', 'offered_over')
      .min({ id: 'id', offered_at: 'offered_at', due_at: 'due_at' });
    return Map.groupBy(rows, ({ robot }) => robot);
  }
}

/** What was offered over the same socket arrives there first; a poll comes when the answer to the one before has come. */
function blocks(one: Held, over: string): boolean {
  return one.status === 'pending' || one.offered_over !== over;
}

/** `open` is one more than the limit where there are more. */
function heldUpBy(
  { limit, over }: Claim,
  { open, own, others }: { open: readonly Candidate[]; own: readonly Candidate[]; others: readonly Held[] },
): ReadonlySet<string> | null {
  if (open.length > limit) return null;
  const elsewhere = others.filter((one) => blocks(one, over));
  if (open.length === own.length && elsewhere.length === 0) return NOBODY;
  const offered = new Set(own.map(({ id }) => id));
  const waiting = open.filter(({ id }) => !offered.has(id));
  const names = new Set([...waiting, ...elsewhere].flatMap(namesOf));
  return names.size > MOST_HELD_UP ? null : names;
}

interface Ordered {
  id: number;
  priority: number;
  recipient: string;
}

/** Those that nothing comes before which waits and goes to somebody they go to. What waits holds up all behind it. */
function freeOf(open: readonly Candidate[], blockers: readonly Held[]): readonly Candidate[] {
  if (blockers.length === 0) return open;
  const behind = blockers.toSorted((one, other) => (isBefore(one, other) ? -1 : 1));
  const waiting = new Set<string>();
  return open.filter((candidate) => {
    for (let first = behind[0]; first && isBefore(first, candidate); first = behind[0]) {
      for (const name of namesOf(first)) waiting.add(name);
      behind.shift();
    }
    const names = namesOf(candidate);
    if (!names.some((name) => waiting.has(name))) return true;
    for (const name of names) waiting.add(name);
    return false;
  });
}

function isBefore(one: Ordered, other: Ordered): boolean {
  return one.priority > other.priority || (one.priority === other.priority && one.id < other.id);
}

function namesOf({ recipient }: Pick<Ordered, 'recipient'>): string[] {
  return recipient === '' ? [] : recipient.split('\n');
}

/** One statement for all, whichever socket each goes over. */
async function markOffered(trx: Transaction, chosen: Map<Claim, Candidate[]>, now: number): Promise<void> {
  const rows = [...chosen].flatMap(([{ over }, own]) => own.map(({ id }): [number, string] => [id, over]));
  if (rows.length === 0) return;
  const given = givenTable(trx, 2, rows);
  await trx.raw(
    `update robots_commands set status = 'dispatched', tries = tries + 1, offered_at = ?, offered_over = given.column2
       from ${given.sql} as given where robots_commands.id = cast(given.column1 as bigint)`,
    [now, ...given.bindings],
  );
}

function offerOf({ id, command_id, code, type, params, priority, created_at }: Candidate): Offer {
  return { id, commandId: command_id, code, type, params: JSON.parse(params), priority, createdAt: created_at };
}
