/** The table of the states of an execution: complete, the one that the documents draw, and what it writes. */
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { MOVES, type Move, mayMove } from '#plugins/workflows/engine/states.ts';
import { PHASES, type Phase } from '#plugins/workflows/language/phases.ts';

const root = new URL('../../../', import.meta.url);
const ENDED: readonly Phase[] = ['completed', 'faulted', 'cancelled'];
const NOW = 5_000;
const moves: [string, Move][] = Object.entries(MOVES);
const row = { started_at: 1_000, retries: 2 };

describe('the states of an execution', () => {
  it('are written as the table says, and each that it names', () => {
    for (const [name, { to, written }] of moves) {
      const statuses = [null, 1_000].map((started_at) => written({ ...row, started_at }, NOW).status);
      assert.deepEqual(new Set(statuses), new Set(to), name);
    }
  });

  it('are reached all, and left all but those at the end', () => {
    assert.deepEqual(new Set(['pending', ...moves.flatMap(([, { to }]) => to)]), new Set(PHASES));
    const left = new Set(moves.flatMap(([, { from }]) => from));
    assert.deepEqual(
      PHASES.filter((phase) => !left.has(phase)),
      ['cancelled', 'completed'],
    );
    assert.deepEqual(
      moves.filter(([, { from }]) => from.some((phase) => ENDED.includes(phase))).map(([name]) => name),
      ['retry'],
    );
  });

  it('say when it ended, and that nobody has it, where they are the end', () => {
    for (const [name, { to, written }] of moves) {
      const { status: _status, ...rest } = written(row, NOW);
      if (to.some((phase) => ENDED.includes(phase)))
        assert.deepEqual(rest, { ended_at: NOW, locked_by: null, locked_until: null }, name);
      else assert.equal(rest.ended_at ?? null, null, name);
    }
  });

  it('begin once, and again only when it is tried again', () => {
    assert.deepEqual(MOVES.begin.written({ ...row, started_at: null }, NOW), { status: 'running', started_at: NOW });
    assert.deepEqual(MOVES.begin.written(row, NOW), { status: 'running', started_at: 1_000 });
    assert.deepEqual(MOVES.resume.written({ ...row, started_at: null }), {
      status: 'pending',
      request: null,
      failures: 0,
    });
    const again = { status: 'pending', request: null, error: null, log: null, ended_at: null, failures: 0 };
    assert.deepEqual(MOVES.retry.written(row, NOW), { ...again, started_at: NOW, retries: 3 });
  });

  it('are asked for by commands', () => {
    const allowed = (move: Move) => PHASES.filter((status) => mayMove(move, { status }));
    assert.deepEqual(allowed(MOVES.cancel), ['pending', 'running', 'waiting', 'suspended']);
    assert.deepEqual(allowed(MOVES.suspend), allowed(MOVES.cancel));
    assert.deepEqual(allowed(MOVES.resume), ['suspended']);
    assert.deepEqual(allowed(MOVES.retry), ['faulted']);
  });

  it('are drawn as they are in the table', () => {
    const document = readFileSync(new URL('docs/states.md', root), 'utf8');
    const section = document.split(/^## /m).find((text) => text.startsWith('Execution of a workflow\n')) ?? '';
    const drawn = [...section.matchAll(/^ {2}(\w+) --> (\w+)/gm)].map(([, from, to]) => `${from} ${to}`);
    const table = moves.flatMap(([, { from, to }]) => from.flatMap((one) => to.map((other) => `${one} ${other}`)));
    const changes = table.filter((move) => new Set(move.split(' ')).size === 2);
    assert.deepEqual([...new Set(drawn)].sort(), [...new Set(changes)].sort());
  });

  it('are written by no other file of the engine', () => {
    const files = globSync('plugins/workflows/engine/*.ts', { cwd: root.pathname });
    const writers = files.filter((file) =>
      /\b(?:execution\.status = |update\(\{ status: )/.test(readFileSync(new URL(file, root), 'utf8')),
    );
    assert.ok(files.length > 20);
    assert.deepEqual(writers, []);
  });
});
