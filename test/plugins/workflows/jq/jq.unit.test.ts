// Budgets, safety of objects, positions of syntax errors and variables from outside.
import assert from 'node:assert/strict';
import {
  compileJq,
  JqError,
  JqLimitError,
  type JqOptions,
  JqSyntaxError,
} from '../../../../plugins/workflows/jq/index.ts';

const limits = { steps: 200_000, depth: 500, outputs: 1_000, timeMs: 500, processorTime: true };

function run(program: string, input: unknown = null, options: JqOptions = {}): unknown[] {
  return compileJq(program, options)(input);
}

describe('jq: budgets', () => {
  const hostile = [
    '[range(1e12)]',
    'def f: f; f',
    'def f: 1 + f; f',
    'def f(g): f(g | g); f(. + 1)',
    '"x" * 1e9',
    '[limit(1e9; repeat(1))]',
    'reduce range(100) as $i ("x"; . + .)',
    'reduce range(100) as $i ([1]; . + .)',
    'reduce range(100) as $i ([1]; [., .]) | tojson',
    'reduce range(100) as $i ([1]; [., .]) | . == (. | [.] | .[0] | map(.))',
    'reduce range(100) as $i ([1]; {a: ., b: .}) | [., map_values(.)] | sort',
    'reduce range(1e6) as $i (null; [.])',
    'reduce range(1e5) as $i (null; [.]) | tojson',
    'range(1e9)',
    'last(range(1e9))',
    '.[1e8] = 1',
    '("x" * 24000000) as $s | [range(4) | ($s | @uri | length)]',
    'until(false; . + 1)',
    '[recurse(., .)]',
    '[range(40) | [range(100)]] | combinations',
    'try (def f: f; f) catch "caught"',
    '[.[]?, repeat(.)] | length',
    'first(repeat(.) | select(. == 1))',
    '("a" * 40) + "!" | test("^(a+)+$")',
    'def f: def g: f; g; [f]',
    'error(repeat(1) | select(false))?',
    '[range(1e9) | select(false)]',
    'any(repeat(1); . == 2)',
    'reduce repeat(1) as $x (0; . + $x)',
    '[foreach repeat(1) as $x (0; . + $x; empty)]',
    'label $l | repeat(1) | if . == 2 then break $l else empty end',
    'path(repeat(.))',
  ];
  for (const program of hostile) {
    it(program, () => {
      assert.throws(() => run(program, null, { limits }), JqLimitError);
    });
  }

  it('says which budget was used up', () => {
    const limitOf = (program: string): unknown => {
      try {
        return run(program, null, { limits });
      } catch (error) {
        return error instanceof JqLimitError ? error.limit : error;
      }
    };
    assert.equal(limitOf('range(2000)'), 'outputs');
    assert.equal(limitOf('last(range(1e9))'), 'steps');
    assert.equal(limitOf('def f: 1 + f; f'), 'depth');
    assert.equal(limitOf('("a" * 40) + "!" | test("^(a+)+$")'), 'steps');
  });

  it('counts the time of the processor, not that of the wall, where it is told to', () => {
    const until = { ...limits, steps: 1e12, timeMs: 50 };
    const before = process.threadCpuUsage();
    assert.throws(() => run('last(range(1e12))', null, { limits: until }), { limit: 'timeMs' });
    const { user, system } = process.threadCpuUsage(before);
    const usedMs = (user + system) / 1000;
    // A tenth of it is believed of the wall's clock.
    assert.ok(usedMs >= 0.85 * until.timeMs, `${usedMs} ms of ${until.timeMs} were used`);
  });

  it('starts each run with a full budget', () => {
    const program = compileJq('[range(1000)] | length', { limits: { steps: 5_000 } });
    for (let i = 0; i < 20; i++) assert.deepEqual(program(null), [1000]);
  });

  it('runs long loops without a deep stack', () => {
    assert.deepEqual(run('until(. >= 100000; . + 1)', 0), [100_000]);
    assert.deepEqual(run('last(limit(100000; repeat(1)))'), [1]);
    assert.deepEqual(run('[recurse(if . < 100000 then . + 1 else empty end)] | length', 0), [100_001]);
    assert.deepEqual(run('def f: if . < 100000 then . + 1 | f else . end; f', 0), [100_000]);
    assert.deepEqual(run('def f($n): if $n < 100000 then f($n + 1) else $n end; f(0)'), [100_000]);
    assert.deepEqual(run('[range(100000)] | map(. + 1) | add'), [5_000_050_000]);
    assert.deepEqual(run('[range(100000)] | .[] |= . + 1 | length'), [100_000]);
  });

  it('refuses programs that are nested too deeply', () => {
    assert.throws(() => compileJq('('.repeat(20_000)), JqSyntaxError);
    assert.throws(() => compileJq(`1${'+1'.repeat(100_000)}`), JqSyntaxError);
    assert.throws(() => compileJq('-'.repeat(100_000)), JqSyntaxError);
  });
});

describe('jq: safety of objects', () => {
  it('treats __proto__ as an ordinary key', () => {
    const [made] = run('{"__proto__": {"x": 1}}') as object[];
    assert.deepEqual(Object.keys(made ?? {}), ['__proto__']);
    assert.equal(Object.getPrototypeOf(made), Object.prototype);
    for (const program of [
      'setpath(["__proto__", "x"]; 1)',
      '{} | .__proto__.x = 1',
      '[{key: "__proto__", value: {x: 1}}] | from_entries',
      '{} * {"__proto__": {"x": 1}}',
      '"{\\"__proto__\\":{\\"x\\":1}}" | fromjson',
      'reduce "__proto__" as $k ({}; .[$k] |= {x: 1})',
      '{} | .constructor.prototype.x = 1',
    ]) {
      run(program);
      assert.equal(({} as Record<string, unknown>).x, undefined, program);
    }
    assert.deepEqual(run('.__proto__.x', JSON.parse('{"__proto__":{"x":7}}')), [7]);
  });

  it('reads no inherited keys', () => {
    assert.deepEqual(run('.constructor, .toString, .__proto__, has("constructor"), .["hasOwnProperty"]', {}), [
      null,
      null,
      null,
      false,
      null,
    ]);
    assert.deepEqual(run('.length?', []), []);
  });

  it('never changes its input', () => {
    const freeze = (value: unknown): unknown => {
      if (typeof value === 'object' && value !== null) Object.values(Object.freeze(value)).forEach(freeze);
      return value;
    };
    const input = freeze({ a: [3, 1, { b: 2 }], c: { d: 'x' } });
    for (const program of [
      '.a[0] = 1',
      '.a |= sort',
      'del(.a[1], .c.d)',
      '.. |= .',
      '.a += [1]',
      'to_entries | from_entries',
      'walk(.)',
      '.a | reverse, sort, unique, add?',
      'with_entries(.value |= .)',
      'reduce range(3) as $i (.; .a[$i] = $i)',
      '(.a, .a[2].b) |= .',
      '.a[1:] = [9]',
      '[.a, [4]] | add',
      '[.c, {e: 1}] | add',
      'map_values(.)',
      'fromstream(tostream)',
      'pick(.a[2].b)',
    ]) {
      run(program, input);
    }
  });

  it('keeps values that an update has handed out', () => {
    assert.deepEqual(run('(.a.b, .a, .a.y.b) |= (if type == "object" then {x: ., y: .} else 5 end)', { a: { b: 1 } }), [
      { a: { x: { b: 5 }, y: { b: 5 } } },
    ]);
  });

  it('gives every run fresh containers', () => {
    const program = compileJq('[1, {"a": []}]');
    (program(null)[0] as unknown[]).push('changed');
    assert.deepEqual(program(null), [[1, { a: [] }]]);
  });

  it('reaches nothing outside', () => {
    assert.deepEqual(run('env, $ENV, input_filename, input_line_number'), [{}, {}, null, 0]);
    assert.throws(() => run('input'), /No more inputs/);
    assert.deepEqual(run('[inputs]'), [[]]);
    for (const program of ['import "a" as a; 1', 'include "a"; 1', 'a::b', 'module {}; 1']) {
      assert.throws(() => compileJq(program), JqSyntaxError);
    }
  });
});

describe('jq: errors and variables', () => {
  const places: [program: string, offset: number, line: number, column: number][] = [
    ['.a |', 4, 1, 5],
    ['.a\n| foo', 5, 2, 3],
    ['$x', 0, 1, 1],
    ['"abc', 0, 1, 1],
    ['{a: }', 4, 1, 5],
    ['if . then 1', 11, 1, 12],
    ['"\\(1 +)"', 6, 1, 7],
    ['1 as x | 2', 5, 1, 6],
    ['. ^ 2', 2, 1, 3],
    ['break $x', 0, 1, 1],
  ];
  for (const [program, offset, line, column] of places) {
    it(`places the fault in ${JSON.stringify(program)}`, () => {
      assert.throws(
        () => compileJq(program),
        (error) => {
          assert.ok(error instanceof JqSyntaxError);
          assert.deepEqual([error.offset, error.line, error.column], [offset, line, column]);
          return true;
        },
      );
    });
  }

  it('hands over the value given to error', () => {
    assert.throws(
      () => run('error({code: 5})'),
      (error) =>
        error instanceof JqError && !(error instanceof JqLimitError) && JSON.stringify(error.value) === '{"code":5}',
    );
    assert.throws(() => run('.a', 1), { name: 'JqError', value: 'Cannot index number with string ("a")' });
  });

  it('takes variables from outside', () => {
    const program = compileJq('[$a, $b] | map(. // "none")', { variables: ['a', 'b'] });
    assert.deepEqual(program(null, { a: 1 }), [[1, 'none']]);
    assert.deepEqual(program(null, { b: [2] }), [['none', [2]]]);
    assert.deepEqual(run('def f: $a; 1 as $a | [$a, f]', null, { variables: ['a'] }), [[1, null]]);
    assert.throws(() => compileJq('$c', { variables: ['a'] }), JqSyntaxError);
  });

  it('trims what Unicode calls white space', () => {
    assert.deepEqual(run('trim, ltrim, rtrim', '\u3000\t in \u00a0between \u2028'), [
      'in \u00a0between',
      'in \u00a0between \u2028',
      '\u3000\t in \u00a0between',
    ]);
    assert.throws(() => run('trim', []), { value: 'trim input must be a string' });
  });

  it('completes a date of which only the first parts are given', () => {
    assert.deepEqual(run('strftime("%d.%m.%Y %H:%M"), (.[:1] | strftime("%Y-%m-%d"))', [2023, 9]), [
      '01.10.2023 00:00',
      '2023-01-01',
    ]);
    assert.throws(() => run('mktime', [2023, 9]), { value: 'mktime requires parsed datetime inputs' });
  });

  it('refuses a fixed key that is no string before it runs', () => {
    assert.throws(() => compileJq('.x | {a: 1, (7): 2}'), {
      name: 'JqSyntaxError',
      message: /Cannot use number \(7\) as object key/,
      offset: 12,
    });
  });

  it('knows what the recording build does not', () => {
    assert.deepEqual(run('[leaf_paths]', { a: [1] }), [[['a', 0]]]);
    assert.deepEqual(run('toarray, ([1] | toarray)', 1), [[1], [1]]);
    assert.deepEqual(run('@base32, (@base32 | @base32d), (@uri | @urid)', 'hé l'), ['NDB2SIDM', 'hé l', 'hé l']);
    assert.deepEqual(run('dateadd("seconds"; 10), add(1, 2), [skip(1; 1, 2)], (" x " | trim)', 5), [15, 3, [2], 'x']);
    assert.deepEqual(run('{a: 1 | . + 1, b: 1 + 2}'), [{ a: 2, b: 3 }]);
    assert.deepEqual(run('[(lgamma * 1e9 | round), frexp, tgamma]', 5), [[3_178_053_830, [0.625, 3], 24]]);
  });
});
