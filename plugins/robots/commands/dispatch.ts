/**
 * Dispatch of commands: which of those that are open go to a robot now, in which order. A command that was offered and has no
 * result is offered again after a while; one for a recipient waits while an earlier one for the same recipient may still be
 * on its way elsewhere, so that nobody reads an answer before its question. Table: robots_commands.
 */

import { rowsOf, valuesTable } from '#core/kit.ts';
import { defineBatch, type Services, type Transaction } from '#core/plugin.ts';
import type { RobotsConfig } from '../config.ts';
import { COMMANDS_STORED, OPEN, OPEN_BY_ROBOT } from './open-commands.ts';
import { type Ready, readySql, type Window } from './ready-commands.ts';
import { COMMAND_MOVES } from './states.ts';
import type { CommandRow } from './tables.ts';

/** One for all robots that nothing waits for. */
const NOBODY: ReadonlySet<string> = new Set();
/** More names than these are not kept in memory for a robot. */
const MOST_HELD_UP = 1_000;
/** So many may be on their way to a robot without a result: what a claim reads does not grow with what waits. */
const MOST_UNDER_WAY = 1_000;
/** Nothing is put off for longer: what lies further ahead was noted by a clock that was wrong. */
export const LONGEST_PUT_OFF_MS = 3_600_000;
/** Clocks of replicas may differ by this much. */
const REPLICAS_APART_MS = 5_000;

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

export interface CommandDispatch {
  claim(claim: Claim): Promise<Claimed>;
  /** What was claimed for a socket that nothing could be sent over any more: it may be claimed again at once. */
  giveBack(claim: Pick<Claim, 'robot' | 'over'>, offers: readonly Offer[]): Promise<void>;
}

type Content = Pick<CommandRow, 'id' | 'command_id' | 'code' | 'type' | 'params' | 'created_at'>;

/** What of a robot is open, as far as a claim looks. */
interface Standing {
  /** To be offered now, the most urgent and then the oldest first; one more than is asked for where there are more. */
  open: Ready[];
  /** On their way, or put off. */
  held: Ready[];
}

export function createCommandDispatch({
  db,
  clock,
  notices,
  config,
}: Services & { config: RobotsConfig }): CommandDispatch {
  const repeatMs = config.commands.repeatSeconds * 1000;
  const claiming = defineBatch<Claim, Claimed>({ name: 'robots.offers', write: claim });
  return { claim: (item) => db.batch(claiming, item), giveBack };

  async function giveBack({ robot, over }: Pick<Claim, 'robot' | 'over'>, offers: readonly Offer[]): Promise<void> {
    const { from, to } = COMMAND_MOVES.giveBack;
    await db.transaction(async (trx) => {
      await trx('robots_commands')
        .whereIn(
          'id',
          offers.map(({ id }) => id),
        )
        .whereIn('status', [...from])
        .where({ offered_over: over })
        .update({ status: to[0], offered_over: null, offered_at: null, tries: trx.raw('tries - 1') });
      await notices.send(trx, COMMANDS_STORED, [robot]);
    });
  }

  async function claim(trx: Transaction, items: Claim[]): Promise<Claimed[]> {
    const now = clock.now();
    const robots = [...new Set(items.map(({ robot }) => robot))].sort((one, other) => one - other);
    // Who claims for a robot takes turns; on SQLite there is one writer anyway.
    if (db.client === 'pg') await trx('robots_robots').whereIn('id', robots).orderBy('id').forUpdate().select('id');
    const most = Math.max(...items.map(({ limit }) => limit));
    const standings = await standingsOf(trx, robots, now, most + 1);
    const chosen = new Map<Claim, Ready[]>();
    const taken = new Set<number>();
    for (const item of items) {
      const { open, held } = standingOf(standings, item);
      const blockers = held.filter((one) => blocks(one, item.over));
      const left = open.filter(({ id }) => !taken.has(id));
      const own = freeOf(left, blockers).slice(0, item.limit);
      for (const { id } of own) taken.add(id);
      chosen.set(item, own);
    }
    const contents = await contentsOf(trx, [...taken]);
    await markOffered(trx, chosen, now);
    return items.map((item) => {
      const own = chosen.get(item) ?? [];
      const { open, held } = standingOf(standings, item);
      const times = held.map((one) => (one.kind === 'put_off' ? one.due_at : (one.offered_at ?? now) + repeatMs));
      if (own.length > 0) times.push(now + repeatMs);
      return {
        offers: own.flatMap((one) => offerOf(one, contents.get(one.id))),
        hasMore: own.length === item.limit && open.length > own.length,
        heldUp: heldUpBy(item, { open, own, held }),
        nextAt: times.length > 0 ? times.reduce((first, at) => Math.min(first, at)) : null,
      };
    });
  }

  async function standingsOf(
    trx: Transaction,
    robots: readonly number[],
    now: number,
    most: number,
  ): Promise<Map<number, Standing>> {
    const window: Window = {
      now,
      most,
      mostUnderWay: MOST_UNDER_WAY,
      repeatBefore: now - repeatMs,
      offeredUntil: now + REPLICAS_APART_MS,
      putOffUntil: now + LONGEST_PUT_OFF_MS,
    };
    const rows: Ready[] = [];
    for (const { sql, bindings } of readySql(db.client, await withOpenOnes(trx, robots), window))
      rows.push(...rowsOf<Ready>(await trx.raw(sql, bindings)));
    const byRobot = Map.groupBy(rows, ({ robot }) => robot);
    return new Map(robots.map((robot) => [robot, standing(byRobot.get(robot) ?? [], most)]));
  }

  /** Those that anything waits for: of a fleet that comes back they are few. On PostgreSQL one statement looks at all anyway. */
  async function withOpenOnes(trx: Transaction, robots: readonly number[]): Promise<readonly number[]> {
    if (db.client === 'pg' || robots.length === 1) return robots;
    const given = valuesTable(
      trx,
      1,
      robots.map((robot) => [robot]),
    );
    const found = await trx.raw(
      `select given.column1 as robot from ${given.sql} as given
        where exists (select 1 from ${OPEN_BY_ROBOT.sqlite} where robot = given.column1 and ${OPEN})`,
      given.bindings,
    );
    return rowsOf<{ robot: number }>(found).map(({ robot }) => robot);
  }

  function standingOf(standings: Map<number, Standing>, { robot }: Claim): Standing {
    return standings.get(robot) ?? { open: [], held: [] };
  }
}

function standing(rows: readonly Ready[], most: number): Standing {
  const held = rows.filter(({ kind }) => kind === 'under_way' || kind === 'put_off');
  const isFull = held.length >= MOST_UNDER_WAY;
  const open = rows
    .filter(({ kind }) => kind === 'again' || (kind === 'fresh' && !isFull))
    .toSorted((one, other) => (isBefore(one, other) ? -1 : 1));
  return { open: open.slice(0, most), held };
}

/** What was offered over the same socket arrives there first; of an answer to a poll nobody knows whether it came. */
function blocks(one: Ready, over: string): boolean {
  return one.kind === 'put_off' || one.offered_over !== over || over === POLL;
}

/** `open` is one more than the limit where there are more. */
function heldUpBy(
  { limit, over }: Claim,
  { open, own, held }: { open: readonly Ready[]; own: readonly Ready[]; held: readonly Ready[] },
): ReadonlySet<string> | null {
  if (open.length > limit || held.length >= MOST_UNDER_WAY) return null;
  const elsewhere = held.filter((one) => blocks(one, over));
  if (open.length === own.length && elsewhere.length === 0) return NOBODY;
  const offered = new Set(own.map(({ id }) => id));
  const waiting = open.filter(({ id }) => !offered.has(id));
  const names = new Set([...waiting, ...elsewhere].flatMap(namesOf));
  return names.size > MOST_HELD_UP ? null : names;
}

/** Those that nothing comes before which waits and goes to somebody they go to. What waits holds up all behind it. */
function freeOf(open: readonly Ready[], blockers: readonly Ready[]): readonly Ready[] {
  if (blockers.length === 0) return open;
  const behind = blockers.toSorted((one, other) => (isBefore(one, other) ? -1 : 1));
  const waiting = new Set<string>();
  let place = 0;
  return open.filter((candidate) => {
    for (let first = behind[place]; first && isBefore(first, candidate); first = behind[++place])
      for (const name of namesOf(first)) waiting.add(name);
    const names = namesOf(candidate);
    if (!names.some((name) => waiting.has(name))) return true;
    for (const name of names) waiting.add(name);
    return false;
  });
}

function isBefore(one: Ready, other: Ready): boolean {
  return one.priority > other.priority || (one.priority === other.priority && one.id < other.id);
}

function namesOf({ recipient }: Pick<Ready, 'recipient'>): string[] {
  return recipient === '' ? [] : recipient.split('\n');
}

/** Of those that are offered alone: what they carry may be long. */
async function contentsOf(trx: Transaction, ids: readonly number[]): Promise<Map<number, Content>> {
  if (ids.length === 0) return new Map();
  const rows: Content[] = await trx('robots_commands')
    .whereIn('id', [...ids])
    .select('id', 'command_id', 'code', 'type', 'params', 'created_at');
  return new Map(rows.map((row) => [row.id, row]));
}

/** One statement for all, whichever socket each goes over. */
async function markOffered(trx: Transaction, chosen: Map<Claim, Ready[]>, now: number): Promise<void> {
  const rows = [...chosen].flatMap(([{ over }, own]) => own.map(({ id }): [number, string] => [id, over]));
  if (rows.length === 0) return;
  const given = valuesTable(trx, 2, rows);
  await trx.raw(
    `update robots_commands set status = '${COMMAND_MOVES.offer.to[0]}', tries = tries + 1, offered_at = ?, offered_over = given.column2
       from ${given.sql} as given where robots_commands.id = cast(given.column1 as bigint)`,
    [now, ...given.bindings],
  );
}

function offerOf({ id, priority }: Ready, content: Content | undefined): Offer[] {
  if (!content) return [];
  const { command_id: commandId, code, type, params, created_at: createdAt } = content;
  return [{ id, commandId, code, type, params: JSON.parse(params), priority, createdAt }];
}
