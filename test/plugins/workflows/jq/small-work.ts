/** Runs expressions of the writer as the main thread, or another one, would: for tests that count what they cost. */

import { prepareSmall } from '#plugins/workflows/jq/program.ts';
import { compiled, SHORT, sizeOf } from '#plugins/workflows/language/compiled-expressions.ts';
import { hostileInput } from '#test/support/expressions.ts';
import type { Work } from '#test/support/steps.ts';

const input = hostileInput(2_000, 200_000);
const given = { input, item: { a: [1, 'x'], n: 2 } };
const VARIABLES = ['input', 'item'];
/** What the others may take here: as little as small ones, so that thousands of them end. */
const LIMITS = { ...SHORT, numbersOnly: false, timeMs: 60_000 };
const SMALL = { ...SHORT, timeMs: 60_000 };

export const burnt = { turns: 0 };
/** Work that the engine does without any code of ours is made visible: a turn for each 16 elements or characters. */
function burn(amount: number): void {
  for (let turn = 0; turn < amount; turn += 16) burnt.turns++;
}

const { keys, assign } = Object;
Object.keys = (object: object) => {
  const found = keys(object);
  burn(found.length);
  return found;
};
for (const [owner, names] of [
  [Array.prototype, ['concat', 'slice', 'toSorted', 'toReversed', 'filter', 'map']],
  [String.prototype, ['repeat', 'toWellFormed']],
] as const) {
  for (const name of names) {
    const original = (owner as any)[name];
    assign(owner, {
      [name](this: { length: number }, ...args: unknown[]) {
        const result = original.apply(this, args);
        burn(result.length);
        return result;
      },
    });
  }
}
const each =
  (run: (source: string) => unknown) =>
  (sources: readonly string[]): void => {
    for (const source of sources) {
      try {
        sizeOf(run(source), 100_000);
      } catch {
        // What fails must not cost more either.
      }
    }
  };

export const work: Work = {
  small: each((source) => prepareSmall(source, { variables: VARIABLES, limits: SMALL })?.first(input, given)),
  any: each((source) => compiled(source, VARIABLES).first(input, given, LIMITS)),
};
