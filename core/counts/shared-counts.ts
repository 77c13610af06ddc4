/**
 * Counts that are one for all replicas: tries of a password, mails to a stranger, money that is set aside. Time is the
 * database's, so that replicas whose clocks differ agree. Table: core_counts (PostgreSQL keeps no log of it).
 */
import { createHash } from 'node:crypto';
import type { Database, Transaction } from '../database/database.ts';
import { rowsOf } from '../database/insert-many.ts';
import { coreErrors } from '../errors.ts';
import { LateError, unlessLate } from '../in-time.ts';

/** Table `core_counts`. */
export interface CountRow {
  name: string;
  /** Hashed: whom it is about stands nowhere, and any text is one. */
  key: string;
  points: number | string;
  /** ms since the epoch, of the database's clock. */
  ends_at: number | string;
}

declare global {
  namespace Patchbay {
    interface Tables {
      core_counts: CountRow;
    }
  }
}

export interface Count {
  /** `plugin.what`. Counts of one name have windows of one length. */
  name: string;
  /** Of whom, or what. */
  key: string;
  windowMs: number;
}

export interface Counted {
  points: number;
  /** Until the count begins anew. */
  leftMs: number;
}

export interface SharedCounts {
  /** Whether there may be other processes. Where not, what this process knows is all, and the rest must not be called. */
  areNeeded: boolean;
  /**
   * Adds; gives what that makes, of all replicas together. Those of one moment are one statement. Throws `unavailable` when the
   * database has not answered within two seconds; what it counts all the same is taken back. Inside a transaction it counts with
   * that, or not at all.
   */
  add(count: Count, points?: number, trx?: Transaction): Promise<Counted>;
  /** Null when nothing is counted. */
  read(count: Pick<Count, 'name' | 'key'>): Promise<Counted | null>;
  /** Takes back what did not count after all; never below nothing. */
  takeBack(count: Pick<Count, 'name' | 'key'>, points?: number): Promise<void>;
  remove(count: Pick<Count, 'name' | 'key'>): Promise<void>;
  /** Deletes those whose window is over. */
  prune(): Promise<void>;
}

interface Waiting extends Count {
  points: number;
  /** Has been told that nothing is counted. */
  isLate: boolean;
  resolve(counted: Counted): void;
  reject(error: unknown): void;
}

const ANSWER_MS = 2_000;
const MOST_IN_ONE = 500;
const MOST_PRUNED = 5_000;
const NOW = '(extract(epoch from statement_timestamp()) * 1000)::bigint';
/** In order, so that two replicas lock rows in the same one. A window that is longer than it can be is a clock's mistake. */
const ADD = `insert into core_counts as counted (name, key, points, ends_at)
  select given.name, given.key, given.points, ${NOW} + given.window_ms
  from unnest(?::text[], ?::text[], ?::bigint[], ?::bigint[]) as given(name, key, points, window_ms)
  on conflict (name, key) do update set
    points = case when counted.ends_at <= ${NOW} then excluded.points else counted.points + excluded.points end,
    ends_at = case when counted.ends_at <= ${NOW} then excluded.ends_at else least(counted.ends_at, excluded.ends_at) end
  returning name, key, points, ends_at - ${NOW} as left_ms`;
const READ = `select points, ends_at - ${NOW} as left_ms from core_counts where name = ? and key = ? and ends_at > ${NOW}`;
const TAKE_BACK = `update core_counts set points = greatest(0, points - ?) where name = ? and key = ? and ends_at > ${NOW}`;
const PRUNE = `delete from core_counts where ctid = any(array(
  select ctid from core_counts where ends_at <= ${NOW} limit ${MOST_PRUNED} for update skip locked))`;

async function answered<T>(asked: Promise<T>, onLate = (): void => {}): Promise<T> {
  try {
    return await unlessLate(asked, ANSWER_MS);
  } catch (error) {
    if (!(error instanceof LateError)) throw error;
    onLate();
    throw coreErrors.unavailable({ cause: error });
  }
}

export function createSharedCounts({ db }: { db: Database }): SharedCounts {
  const queue: Waiting[] = [];
  let isRunning = false;

  return {
    areNeeded: !db.soleWriter,
    async add(count, points = 1, trx) {
      if (trx) {
        const { name, key } = placeOf(count);
        const [row] = rowsOf<LeftRow>(await trx.raw(ADD, [[name], [key], [points], [count.windowMs]] as never));
        if (!row) throw new Error('A count was not stored');
        return countedOf(row);
      }
      let waiting: Waiting | undefined;
      const added = new Promise<Counted>((resolve, reject) => {
        waiting = { ...placeOf(count), windowMs: count.windowMs, points, isLate: false, resolve, reject };
        queue.push(waiting);
        if (!isRunning) void run();
      });
      return answered(added, () => waiting && leave(waiting));
    },
    async read(count) {
      const { name, key } = placeOf(count);
      const [row] = (await answered(ask(READ, [name, key]))).rows;
      return row ? countedOf(row) : null;
    },
    async takeBack(count, points = 1) {
      const { name, key } = placeOf(count);
      await answered(ask(TAKE_BACK, [points, name, key]));
    },
    async remove(count) {
      await answered(
        db
          .write('core_counts')
          .where(placeOf(count))
          .delete()
          .then(() => undefined),
      );
    },
    async prune() {
      let deleted = MOST_PRUNED;
      while (deleted === MOST_PRUNED) deleted = Number((await ask(PRUNE, [])).rowCount ?? 0);
    },
  };

  /** What PostgreSQL's driver gives for a statement: there is no other database that this is asked of. */
  async function ask(sql: string, bindings: readonly (string | number | (string | number)[])[]): Promise<Answer> {
    return db.write.raw(sql, bindings as never);
  }

  /** While a statement is under way the next one gathers. */
  async function run(): Promise<void> {
    isRunning = true;
    await new Promise(setImmediate);
    while (queue.length > 0) await addAll(queue.splice(0, MOST_IN_ONE));
    isRunning = false;
  }

  /** Who has waited too long was refused, or has counted by itself: it does not count once the database works again. */
  function leave(waiting: Waiting): void {
    const place = queue.indexOf(waiting);
    if (place >= 0) queue.splice(place, 1);
    else waiting.isLate = true;
  }

  /** Of those that were under way already. One by one: rows that are locked together are locked in one order by all. */
  async function takeBackLate(group: readonly Waiting[]): Promise<void> {
    for (const { name, key, points } of totalsOf(group.filter(({ isLate }) => isLate)))
      await ask(TAKE_BACK, [points, name, key]);
  }

  async function addAll(group: readonly Waiting[]): Promise<void> {
    try {
      const totals = totalsOf(group);
      const columns = [
        totals.map(({ name }) => name),
        totals.map(({ key }) => key),
        totals.map(({ points }) => points),
        totals.map(({ windowMs }) => windowMs),
      ];
      const { rows } = await ask(ADD, columns);
      answer(group, totals, new Map(rows.map((row) => [idOf(row), countedOf(row)])));
      // What cannot be taken back now ends with its window.
      takeBackLate(group).catch(() => {});
    } catch (error) {
      for (const waiting of group) waiting.reject(error);
    }
  }
}

interface Answer {
  rows: (CountRow & LeftRow)[];
  rowCount: number | null;
}

interface LeftRow {
  points: number | string;
  left_ms: number | string;
}

interface Total extends Count {
  points: number;
}

/** One row is written once in a statement, however many count there. */
function totalsOf(group: readonly Waiting[]): Total[] {
  const totals = new Map<string, Total>();
  for (const { name, key, windowMs, points } of group) {
    const total = totals.get(idOf({ name, key }));
    if (total) total.points += points;
    else totals.set(idOf({ name, key }), { name, key, windowMs, points });
  }
  return [...totals].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, total]) => total);
}

/** Each is told what it was when it was its turn, as if they had come one by one. */
function answer(group: readonly Waiting[], totals: readonly Total[], counted: ReadonlyMap<string, Counted>): void {
  const left = new Map(totals.map((total) => [idOf(total), total.points]));
  for (const waiting of group) {
    const id = idOf(waiting);
    const whole = counted.get(id);
    const after = (left.get(id) ?? 0) - waiting.points;
    left.set(id, after);
    if (whole) waiting.resolve({ ...whole, points: whole.points - after });
    else waiting.reject(new Error('A count was not stored'));
  }
}

function placeOf({ name, key }: Pick<Count, 'name' | 'key'>): { name: string; key: string } {
  return { name, key: createHash('sha256').update(key).digest('base64url') };
}

function countedOf({ points, left_ms }: LeftRow): Counted {
  return { points: Number(points), leftMs: Math.max(0, Number(left_ms)) };
}

function idOf({ name, key }: { name: string; key: string }): string {
  return `${name} ${key}`;
}
