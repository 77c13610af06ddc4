/**
 * Things that have states: one table for each kind of thing says who may bring it from where to where, in which transaction, and
 * what is told of it. Whoever moves a row names the move; there is no other way. The maps in `docs/states.md` are drawn from these tables.
 */
import type { Knex } from 'knex';

export interface StateMove<S extends string> {
  /** `new`: it is made. */
  from: readonly (S | 'new')[];
  to: readonly S[];
  /** Who, or what, moves it. */
  by: string;
  /** What is written in the same transaction, or not at all. */
  within: string;
  /** Events and notices; '' for nothing. */
  notifies: string;
}

export type StateMoves<S extends string> = Readonly<Record<string, StateMove<S>>>;

export interface StateMover<S extends string, M extends StateMoves<S>> {
  moves: M;
  may(move: keyof M, state: S): boolean;
  /** Narrows rows to those where the move may begin. Written out, so that indexes of these states are used. */
  from<Q extends Knex.QueryBuilder>(rows: Q, move: keyof M, column?: string): Q;
  /** Where it ends, where that is one. */
  to<N extends keyof M>(move: N): M[N]['to'][number];
  /** What is written of a row that is moved. */
  change<N extends keyof M, C extends object>(
    move: N,
    change: C,
    to?: M[N]['to'][number],
  ): C & Readonly<Record<string, unknown>>;
  /**
   * Moves those of these rows that stand where it may begin, and gives how many: the others are somewhere else by now, and
   * whoever calls it says what becomes of them.
   */
  move<N extends keyof M>(
    rows: Knex.QueryBuilder,
    move: N,
    change: Readonly<Record<string, unknown>>,
    to?: M[N]['to'][number],
  ): Promise<number>;
}

/** `column` is where the state stands. */
export function createStateMover<S extends string, const M extends StateMoves<S>>(
  moves: M,
  column = 'state',
): StateMover<S, M> {
  return { moves, may, from, to, change, move };

  function may(name: keyof M, state: S): boolean {
    return fromOf(name).includes(state);
  }

  function from<Q extends Knex.QueryBuilder>(rows: Q, name: keyof M, where = column): Q {
    const states = fromOf(name).filter((state) => state !== 'new');
    const written = states.map((state) => `'${state}'`);
    rows.whereRaw(written.length === 1 ? `?? = ${written[0]}` : `?? in (${written.join(', ')})`, [where]);
    return rows;
  }

  function to<N extends keyof M>(name: N): M[N]['to'][number] {
    const [first, ...others] = moves[name]?.to ?? [];
    if (first === undefined || others.length > 0) throw new Error(`${String(name)} ends in one of several states`);
    return first;
  }

  function change<N extends keyof M, C extends object>(name: N, patch: C, end: M[N]['to'][number] = to(name)) {
    if (!moves[name]?.to.includes(end)) throw new Error(`${String(name)} does not end in ${end}`);
    return { ...patch, [column]: end };
  }

  async function move<N extends keyof M>(
    rows: Knex.QueryBuilder,
    name: N,
    patch: Readonly<Record<string, unknown>>,
    end?: M[N]['to'][number],
  ): Promise<number> {
    return from(rows, name).update(change(name, patch, end));
  }

  function fromOf(name: keyof M): readonly (S | 'new')[] {
    return moves[name]?.from ?? [];
  }
}
