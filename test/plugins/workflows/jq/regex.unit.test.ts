// Regular expressions: what Oniguruma has beyond JavaScript, its words for faults, and that every step is counted.
import assert from 'node:assert/strict';
import { compileJq, JqError, JqLimitError } from '../../../../plugins/workflows/jq/index.ts';
import { prepare } from '../../../../plugins/workflows/jq/program.ts';

const match = compileJq('. as [$text, $pattern, $flags] | [$text | match($pattern; $flags) | [.offset, .string]]');

describe('jq: regular expressions', () => {
  const found: [text: string, pattern: string, flags: string, matches: [offset: number, text: string][]][] = [
    ['aab', 'a++', 'g', [[0, 'aa']]],
    ['aab', 'a*+ab', 'g', []],
    ['aab', '(?>a+)b', 'g', [[0, 'aab']]],
    ['foobar', 'foo\\Kbar', '', [[3, 'bar']]],
    ['a.b aXb', '\\Qa.b\\E', 'g', [[0, 'a.b']]],
    ['abcd', 'a|ab|abc', 'l', [[0, 'abc']]],
    ['aab', 'a*', 'gn', [[0, 'aa']]],
    ['abab', '(ab)\\1', '', [[0, 'abab']]],
    ['abAB', '(?<x>ab)\\k<x>', 'i', [[0, 'abAB']]],
    ['a\nb', 'a.b', '', []],
    ['a\nb', 'a.b', 'p', [[0, 'a\nb']]],
    ['a\nb', '(?s)a.b', '', [[0, 'a\nb']]],
    ['a\nb', '(?m)^b', '', [[2, 'b']]],
    [
      'aXbx',
      '(?i)x',
      'g',
      [
        [1, 'X'],
        [3, 'x'],
      ],
    ],
    ['price 12', '(?<=e )\\d+', '', [[6, '12']]],
    ['ab cb', '(?<!a)b', 'g', [[4, 'b']]],
    ['😀a', 'a', '', [[1, 'a']]],
    ['a-b.c', '[\\w-.]+', '', [[0, 'a-b.c']]],
    ['a]', '[]]', '', [[1, ']']]],
    ['xy', 'x # a comment\n y', 'x', [[0, 'xy']]],
    ['٣ß', '\\d\\w', '', [[0, '٣ß']]],
    ['a{,2}', 'a{,', '', [[0, 'a{,']]],
    ['aaaa', '(a{2}){2}', '', [[0, 'aaaa']]],
  ];
  for (const [text, pattern, flags, matches] of found) {
    it(`${pattern} (${flags}) in ${JSON.stringify(text)}`, () => {
      assert.deepEqual(match([text, pattern, flags]), [matches]);
    });
  }

  const wrong: [pattern: string, why: string][] = [
    ['(', 'end pattern with unmatched parenthesis'],
    ['a)', 'unmatched close parenthesis'],
    ['[', 'premature end of char-class'],
    ['*', 'target of repeat operator is not specified'],
    ['^*', 'target of repeat operator is invalid'],
    ['\\', 'end pattern at escape'],
    ['(?z)', 'undefined group option'],
    ['[[:foo:]]', 'invalid POSIX bracket type'],
    ['\\p{Foo}', 'invalid character property name {Foo}'],
    ['a{2,1}', 'upper is smaller than lower in repeat range'],
    ['(a)\\2', 'invalid backref number/name'],
    ['[b-a]', 'empty range in char class'],
    ['('.repeat(300), 'too deep nest level'],
  ];
  for (const [pattern, why] of wrong) {
    it(`refuses ${pattern.slice(0, 20)}`, () => {
      assert.throws(
        () => match(['a', pattern, '']),
        (error) => error instanceof JqError && error.value === `Regex failure: ${why}`,
      );
    });
  }

  it('are stopped by the number of their steps, whatever the clock says', () => {
    const limits = { steps: 100_000, depth: 100, outputs: 10, timeMs: 1e9 };
    for (const pattern of ['^(a+)+$', '(a|a)*b', '(a*)*b', '(a?){60}a{60}', '(?:a|aa)+$']) {
      assert.throws(
        () => compileJq(`("a" * 60 + "b") | test("${pattern}c")`, { limits })(null),
        (error) => error instanceof JqLimitError && error.limit === 'steps',
        pattern,
      );
    }
  });

  it('take no stack for what they repeat', () => {
    const limits = { timeMs: 60_000 };
    assert.deepEqual(compileJq('("ab" * 200000) | test("^(?:ab)*$")', { limits })(null), [true]);
    assert.deepEqual(compileJq('("ab," * 50000) | [match("(?<x>[^,]*),"; "g")] | length', { limits })(null), [50_000]);
  });

  it('skip what cannot begin a match at the price of looking at it', () => {
    const { run, steps } = prepare('test("needle [a-z]+")');
    assert.deepEqual(run(`${'hay '.repeat(100_000)}needle in`), [true]);
    assert.ok(steps() < 200_000, String(steps()));
  });
});
