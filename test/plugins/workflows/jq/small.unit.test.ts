// Thousands of expressions, most of them meant to cost much: what is small by its text does little, and nothing works for nothing.
import assert from 'node:assert/strict';
import { prepareSmall } from '#plugins/workflows/jq/program.ts';
import { SHORT } from '#plugins/workflows/language/compiled-expressions.ts';
import { createWriter } from '#test/support/expressions.ts';
import { createSteps, type Steps } from '#test/support/steps.ts';

const ALL = 4_000;
/** Counted together, which is faster; one that does too much is looked for among them. */
const LOT = 50;
/** Blocks of code, and runs of 16 elements or characters, for a lot: some milliseconds if one of them did it all. */
const MOST = 3_000_000;
const SEED = Number(process.env.JQ_SEED ?? 1);

const isSmall = (source: string): boolean => {
  try {
    return prepareSmall(source, { variables: ['input', 'item'], limits: SHORT }) !== null;
  } catch {
    return false;
  }
};

describe('jq: small programs', () => {
  let steps: Steps;
  before(() => {
    steps = createSteps(new URL('./small-work.ts', import.meta.url));
  });
  after(() => steps.close());

  it('are those that follow paths, compare, and make a little of it', () => {
    const small = [
      '.a.b[0]',
      '.a // "none"',
      '"Hello \\(.name)"',
      '{ id: .order.id, total: (.price * .count) }',
      '$input.a == 3',
      'if .n > 3 then "many" else "few" end',
      '[.items[] | select(.ok) | .name]',
      '.items | map(.price) | add',
      '.count += 1',
      '. + { at: now }',
      'to_entries | map(.key) | join(",")',
      '.list | length',
      '(.a)? // null',
    ];
    assert.deepEqual(
      small.filter((source) => !isSmall(source)),
      [],
    );
  });

  it('are none that repeat, call functions of their own, multiply, double, or throw', () => {
    const others = [
      'reduce .[] as $x (0; . + $x)',
      'foreach .[] as $x (0; .)',
      'range(3)',
      'limit(3; .[])',
      'def f: .; f',
      '..',
      '[.[] | .[]]',
      '[.a[] as $a | .b[] as $b | [$a, $b]]',
      'test("a")',
      'gsub("a"; "b")',
      'error',
      'error("x")',
      'until(. > 3; . + 1)',
      'recurse',
      'sort_by(.a)',
      'fromjson',
      '. as [$a] ?// $a | $a',
      'label $out | 1',
      '[.,.]|[.,.]|[.,.]|[.,.]|[.,.]|[.,.]|[.,.]|[.,.]|[.,.]|[.,.]',
      '.|tojson|tojson|tojson|tojson',
      '.[.a] = 1',
      `${'.a + '.repeat(500)}.a`,
    ];
    assert.deepEqual(others.filter(isSmall), []);
  });

  it('count texts that they put together, look for, or name something by, each time and as a whole', () => {
    const data = { text: 'a'.repeat(100_000), part: `b${'a'.repeat(20_000)}`, near: 'a'.repeat(39_000), o: { a: 1 } };
    const limits = { ...SHORT, timeMs: 60_000 };
    const each = '[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1]|map';
    for (const source of [
      `${each}($input.text + "x" | startswith("b"))`,
      `${each}("\\($input.text)x" | endswith("b"))`,
      `${each}([$input.text, "x"] | add | startswith("b"))`,
      `${each}([$input.text, "x"] | join(",") | startswith("b"))`,
      `${each}($input.o[$input.text | ltrimstr("a")])`,
      `${each}(. as $one | $input.o | has($input.text | ltrimstr("a")))`,
      `${each}({($input.text | ltrimstr("a")): 1})`,
      `${each}([{key: ($input.text | ltrimstr("a")), value: 1}] | from_entries)`,
      '$input.near | split($input.part)',
      '$input.near / $input.part',
    ]) {
      const program = prepareSmall(source, { variables: ['input'], limits });
      assert.ok(program, source);
      assert.throws(() => program.first(null, { input: data }), /more than 5000 steps/, source);
    }
  });

  it('count what fails in them', () => {
    const limits = { ...SHORT, timeMs: 60_000 };
    const program = prepareSmall('map((.a)?)', { limits });
    assert.throws(() => program?.first(Array(1_000).fill(1)), /more than 5000 steps/);
  });

  it('do no more than what a request waits for, and others no more than they are charged', async () => {
    const writer = createWriter(SEED);
    const all = Array.from({ length: ALL }, () => writer.write());
    const small = new Set(all.filter(isSmall));
    assert.ok(small.size > ALL / 5, `${small.size} of them are small`);
    for (const [kind, sources] of [
      ['small', [...small]],
      ['any', all.filter((source) => !small.has(source))],
    ] as const) {
      for (let from = 0; from < sources.length; from += LOT) await bounded(kind, sources.slice(from, from + LOT));
    }
  }).timeout(180_000);

  async function bounded(kind: 'small' | 'any', sources: readonly string[]): Promise<void> {
    const all = await steps.count(kind, sources);
    if (all < MOST) return;
    for (const source of sources) {
      const count = await steps.count(kind, [source]);
      assert.ok(count < MOST / 2, `${count} steps for ${source}`);
    }
    assert.fail(`${all} steps for these: ${sources.join('\n')}`);
  }
});
