// Random small expressions, compared with jq itself compiled to WebAssembly.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import fc from 'fast-check';
import { compileJq } from '../../../../plugins/workflows/jq/index.ts';

interface JqWeb {
  raw: (json: string, program: string, flags: string[]) => string | Promise<string>;
}

const json = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom(null, true, false, 0, 1, 2, -1, 2.5, '', 'a', 'ab', 'b'),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom('a', 'b', 'c'), tie('value'), { maxKeys: 3, noNullPrototype: true }),
  ),
})).value;

const leaf = fc.constantFrom('.', '.a', '.b', '.[0]', '.[]', '..', '.[1:]', '1', '"a"', 'null', 'true', '[]', '{}');
const call = fc.constantFrom(
  ...'length keys add not type sort unique to_entries first last tojson tostring flatten min max'.split(' '),
  ...'values empty any all paths transpose explode ascii_downcase numbers strings arrays'.split(' '),
);
const operator = fc.constantFrom('+', '-', '*', '/', '==', '!=', '<', '<=', '>', '>=', ' and ', ' or ', ',', '|');
const wrapper = fc.constantFrom(
  'map',
  'select',
  'sort_by',
  'group_by',
  'unique_by',
  'path',
  'del',
  'first',
  'last',
  'map_values',
  'isempty',
  'contains',
  'inside',
  'has',
  'min_by',
  'any',
  'all',
);

const program = fc.letrec<{ expression: string }>((tie) => ({
  expression: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    leaf,
    call,
    fc.tuple(tie('expression'), operator, tie('expression')).map(([a, op, b]) => `(${a}${op}${b})`),
    fc.tuple(wrapper, tie('expression')).map(([name, a]) => `${name}(${a})`),
    tie('expression').map((a) => `[${a}]`),
    tie('expression').map((a) => `(${a})?`),
    fc.tuple(tie('expression'), tie('expression')).map(([a, b]) => `{a: (${a}), b: (${b})}`),
    fc
      .tuple(tie('expression'), tie('expression'), tie('expression'))
      .map(([a, b, c]) => `(if ${a} then ${b} else ${c} end)`),
    fc.tuple(tie('expression'), tie('expression')).map(([a, b]) => `((${a}) as $x | [$x, ${b}])`),
    fc.tuple(tie('expression'), tie('expression')).map(([a, b]) => `(reduce (${a}) as $x (0; [$x, ${b}]))`),
    fc.tuple(leaf, tie('expression')).map(([a, b]) => `(${a} |= (${b}))`),
    fc.tuple(leaf, tie('expression')).map(([a, b]) => `(${a} = (${b}))`),
    fc.tuple(tie('expression'), tie('expression')).map(([a, b]) => `limit(2; ${a}, ${b})`),
  ),
})).expression;

function own(text: string, input: unknown): unknown {
  try {
    return JSON.parse(JSON.stringify(compileJq(text, { limits: { steps: 100_000, outputs: 2_000 } })(input)));
  } catch {
    return 'error';
  }
}

async function reference(jq: JqWeb, text: string, input: unknown): Promise<unknown> {
  try {
    const lines = await jq.raw(JSON.stringify(input), `[${text}]`, ['-c']);
    return JSON.parse(lines);
  } catch {
    return 'error';
  }
}

/**
 * The same expressions in every run: where jq itself and this differ is known in part (README), and a suite that fails by
 * chance tells nothing. `JQ_SEED=… npm test` looks elsewhere.
 */
const SEED = Number(process.env.JQ_SEED ?? 1);

describe('jq: compared with jq itself', () => {
  it('gives the same outputs for random expressions', async () => {
    const jq = (await createRequire(import.meta.url)('jq-web')) as JqWeb;
    await fc.assert(
      fc.asyncProperty(program, json, async (text, input) => {
        fc.pre(text.length < 200);
        const expected = await reference(jq, text, input);
        const found = own(`[${text}]`, input);
        assert.deepEqual(Array.isArray(found) ? found[0] : found, expected);
      }),
      { numRuns: 300, seed: SEED },
    );
  });
});
