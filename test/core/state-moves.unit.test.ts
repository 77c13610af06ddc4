/** A table of moves is the only way from one state to another: what stands elsewhere is left there, and counted. */
import assert from 'node:assert/strict';
import knex from 'knex';
import { createStateMover, type StateMoves } from '#core/kit.ts';

type State = 'open' | 'held' | 'done' | 'gone';
const TOLD = { by: 'a test', within: '', notifies: '' };
const MOVES = {
  make: { from: ['new'], to: ['open'], ...TOLD },
  hold: { from: ['open'], to: ['held'], ...TOLD },
  end: { from: ['open', 'held'], to: ['done', 'gone'], ...TOLD },
} as const satisfies StateMoves<State>;

describe('a table of moves', () => {
  const states = createStateMover<State, typeof MOVES>(MOVES);
  const on = knex({ client: 'pg' });

  it('says what may begin where, and where it ends', () => {
    assert.deepEqual(
      [states.may('hold', 'open'), states.may('hold', 'held'), states.may('end', 'held')],
      [true, false, true],
    );
    assert.equal(states.to('hold'), 'held');
    assert.throws(() => states.to('end'), /one of several/);
  });

  it('writes a state that the move ends in, and no other', () => {
    assert.deepEqual(states.change('end', { reason: 'x' }, 'gone'), { reason: 'x', state: 'gone' });
    assert.throws(() => states.change('end', {}), /one of several/);
    assert.throws(() => states.change('end', {}, 'held' as never), /does not end in held/);
  });

  it('narrows to where the move begins, in words that an index of these rows has', () => {
    const held = states
      .from(on('things').where({ id: 7 }), 'hold')
      .toSQL()
      .toNative();
    assert.deepEqual([held.sql, held.bindings], [`select * from "things" where "id" = $1 and "state" = 'open'`, [7]]);
    const ended = states.from(on('things'), 'end', 'own.state').toSQL().toNative();
    assert.equal(ended.sql, `select * from "things" where "own"."state" in ('open', 'held')`);
  });
});
