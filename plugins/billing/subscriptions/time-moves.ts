/**
 * What time alone did to subscriptions is kept for a while: a clock that was wrong for long has renewed and ended what was
 * not due, and that is taken back when the clock is right again, unless somebody has changed the subscription since.
 */
import { CLOCK_TOLERANCE_MS, DAY_MS } from '#core/kit.ts';
import type { Services, Transaction } from '#core/plugin.ts';
import type { NewSubscription, SubscriptionStore } from './subscription-store.ts';
import type { SubscriptionRow } from './tables.ts';
import type { SubscriptionMove } from './transitions.ts';

/** What went along with a move. */
export interface AlongWith {
  /** Integer keys of invoices. */
  issued?: number;
  closed?: number[];
  coupon?: { id: number; months: number };
}

export interface TimeMoves {
  /** Stores the new state and remembers the one before. */
  save(
    trx: Transaction,
    before: SubscriptionRow,
    state: NewSubscription,
    move: SubscriptionMove,
  ): Promise<SubscriptionRow>;
  /** Remembers what went along with the move that was just stored. */
  note(trx: Transaction, moved: SubscriptionRow, along: AlongWith): Promise<void>;
  /** Tenants whose subscription was moved at a time that has not come yet. */
  early(after: number, most: number): Promise<Pick<SubscriptionRow, 'id' | 'tenant_id'>[]>;
  /** Takes back what was moved at such a time. */
  takeBack(trx: Transaction, tenantId: string): Promise<void>;
}

interface Move extends AlongWith {
  at: number;
  before: Omit<SubscriptionRow, 'moved_at' | 'moves'>;
}

/** A clock that keeps a wrong time for longer has been believed by everybody. */
const KEPT_MS = 30 * DAY_MS;
/** What costs nothing renews at every run, until its time is reached. */
const MOST_MOVES = 40;

export function createTimeMoves({
  db,
  clock,
  log,
  subscriptionStore: store,
}: Services & { subscriptionStore: SubscriptionStore }): TimeMoves {
  return { save, note, early, takeBack };

  async function save(trx: Transaction, before: SubscriptionRow, state: NewSubscription, by: SubscriptionMove) {
    const row = await store.save(trx, before, state, by);
    const at = Number(row.updated_at);
    const { moved_at, moves, ...plain } = before;
    const kept = movesOf(before).filter((move) => move.at > at - KEPT_MS);
    return write(trx, row, [...kept, { at, before: plain }].slice(-MOST_MOVES));
  }

  async function note(trx: Transaction, moved: SubscriptionRow, along: AlongWith): Promise<void> {
    const moves = movesOf(moved);
    Object.assign(moves.at(-1) ?? {}, along);
    await write(trx, moved, moves);
  }

  async function write(trx: Transaction, row: SubscriptionRow, moves: readonly Move[]): Promise<SubscriptionRow> {
    const columns = { moved_at: moves.at(-1)?.at ?? null, moves: moves.length > 0 ? JSON.stringify(moves) : null };
    await trx('billing_subscriptions').where({ id: row.id }).update(columns);
    return { ...row, ...columns };
  }

  async function early(after: number, most: number): Promise<Pick<SubscriptionRow, 'id' | 'tenant_id'>[]> {
    return db
      .write('billing_subscriptions')
      .where('moved_at', '>', latest())
      .where('id', '>', after)
      .orderBy('id')
      .limit(most)
      .select('id', 'tenant_id');
  }

  async function takeBack(trx: Transaction, tenantId: string): Promise<void> {
    const row = await store.locked(trx, tenantId);
    if (!row || Number(row.moved_at ?? 0) <= latest()) return;
    const moves = movesOf(row);
    // From the last one back, for as long as nobody else has written between them.
    let follows = Number(row.updated_at);
    let first = moves.length;
    while (first > 0) {
      const move = moves[first - 1];
      if (!move || move.at !== follows || move.at <= latest()) break;
      follows = Number(move.before.updated_at);
      first--;
    }
    const undone = moves.slice(first);
    const [earliest] = undone;
    if (!earliest) return void (await write(trx, row, []));
    const saved = await store.save(trx, row, earliest.before, 'takeBack');
    await write(trx, saved, moves.slice(0, first));
    for (const move of undone.reverse()) await takeBackDocuments(trx, tenantId, move);
    log.warn(
      { tenantId, moves: undone.length },
      'A subscription was moved by a clock that was ahead; it is as it was before',
    );
  }

  async function takeBackDocuments(
    trx: Transaction,
    tenantId: string,
    { issued, closed, coupon }: Move,
  ): Promise<void> {
    const invoices = () => trx('billing_invoices').where({ tenant_id: tenantId });
    if (issued !== undefined) await invoices().where({ id: issued }).update({ status: 'void' });
    await invoices()
      .whereIn('id', closed ?? [])
      .where({ status: 'uncollectible' })
      .update({ status: 'open' });
    if (!coupon) return;
    await trx('billing_redemptions')
      .where({ coupon: coupon.id, tenant_id: tenantId })
      .decrement('months', coupon.months);
  }

  function latest(): number {
    return clock.now() + CLOCK_TOLERANCE_MS;
  }
}

function movesOf(row: SubscriptionRow): Move[] {
  return JSON.parse(row.moves ?? '[]');
}
