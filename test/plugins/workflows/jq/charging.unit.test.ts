// Every function is charged for what it touches: the steps of each grow with its input, and none works for nothing.
import assert from 'node:assert/strict';
import { builtinNames, prepare } from '../../../../plugins/workflows/jq/program.ts';
import { inputs, type Row, rows } from './charging-rows.ts';

/** Characters or elements: what is touched between two looks at the clock takes well under a millisecond. */
const SIZE = 4_096;
/** No function may touch more than that for one step. */
const MOST_FOR_A_STEP = 64;
/** Larger by that factor when the input is twice as large. */
const LEAST_GROWTH = 1.8;

const FORMATS = 'text json csv tsv html uri urid sh base64 base64d base32 base32d'.split(' ');
const OPERATORS = ['+', '-', '*', '/', '==', '<', '=', '|=', '+='];

const limits = { steps: 1e10, depth: 1e6, outputs: 1e7, timeMs: 60_000 };

function stepsFor({ kind, program }: Row, size: number): number {
  const make = inputs[kind === 'none' ? 'text' : kind];
  const { run, steps } = prepare(`last((${program})?)`, { variables: ['same'], limits });
  run(make(size), { same: make(size) });
  return steps();
}

/** `name/arity` of every call in a program. */
function callsIn(program: string): string[] {
  const code = program.replace(/"(?:[^"\\]|\\\([^)]*\)|\\.)*"/g, '0');
  return [...code.matchAll(/(?<![.$@\w])[A-Za-z_]\w*/g)].map(({ 0: name, index }) => {
    const start = index + name.length;
    if (code[start] !== '(') return `${name}/0`;
    let depth = 0;
    let arity = 1;
    for (const char of code.slice(start)) {
      if ('([{'.includes(char)) depth++;
      else if (')]}'.includes(char)) depth--;
      else if (char === ';' && depth === 1) arity++;
      if (depth === 0) break;
    }
    return `${name}/${arity}`;
  });
}

describe('jq: charging', () => {
  for (const row of rows) {
    it(`${row.program} on ${row.kind}`, () => {
      const once = stepsFor(row, SIZE);
      const twice = stepsFor(row, 2 * SIZE);
      if (row.kind === 'none') assert.equal(twice, once);
      else {
        assert.ok(once >= SIZE / MOST_FOR_A_STEP, `${once} steps`);
        assert.ok(twice >= LEAST_GROWTH * once, `${once} and ${twice} steps`);
      }
    });
  }

  it('a list that is looked for in another, for each of the comparisons', () => {
    const { run, steps } = prepare('[.[$part], indices($part), index($part)] | length', {
      variables: ['part'],
      limits,
    });
    run(Array(1_000).fill(0), { part: Array(500).fill(0) });
    assert.ok(steps() >= 3 * 500 * 500, `${steps()} steps`);
  });

  it('has a row for every function', () => {
    const called = new Set(rows.flatMap(({ program }) => callsIn(program)));
    assert.deepEqual(
      builtinNames().filter((name) => !called.has(name)),
      [],
    );
  });

  it('has a row for every format and operator', () => {
    const all = rows.map(({ program }) => program).join(' ');
    assert.deepEqual(
      FORMATS.filter((name) => !new RegExp(`@${name}\\b|format\\("${name}"`).test(all)),
      [],
    );
    assert.deepEqual(
      OPERATORS.filter((operator) => !all.includes(operator)),
      [],
    );
  });
});
