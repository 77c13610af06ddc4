/** Conditions of a decision are what their expression says when the engine works it out, and are read back as they were said. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { evaluateExpression, TENANT } from '#plugins/workflows/language/expressions.ts';
import {
  COMPARISONS,
  type Comparison,
  type Condition,
  conditionsOf,
  expressionOf,
  fieldWritten,
  takesValue,
  type Value,
} from '#plugins/workflows/ui/editor/forms/conditions.ts';

const DATA = {
  name: 'Ada Lovelace',
  total: 0,
  is_new: true,
  none: null,
  list: [],
  'odd key': [{ a: 'x' }],
  text: '',
  amount: '50.5',
  day: '2026-03-01',
};

const HOLDS: readonly [string, Comparison, Value, boolean][] = [
  ['.name', 'is', 'Ada Lovelace', true],
  ['.name', 'isNot', 'Ada', true],
  ['.name', 'contains', 'LOVE', true],
  ['.name', 'containsNot', 'love', false],
  ['.gone', 'contains', 'a', false],
  ['.gone', 'containsNot', 'a', true],
  ['.total', 'contains', '0', true],
  ['.total', 'atLeast', 0, true],
  ['.total', 'above', 0, false],
  ['.total', 'below', 1, true],
  ['.total', 'atMost', -1, false],
  ['.gone', 'below', 1, false],
  ['.gone', 'atMost', 1, false],
  ['.amount', 'is', 50.5, true],
  ['.amount', 'isNot', 50.5, false],
  ['.total', 'is', 0, true],
  ['.gone', 'is', 0, false],
  ['.gone', 'isNot', 0, true],
  ['.name', 'is', 0, false],
  ['.amount', 'above', 100, false],
  ['.amount', 'above', 50, true],
  ['.amount', 'below', 100, true],
  ['.amount', 'atMost', -1.5, false],
  ['.name', 'above', 1, false],
  ['.name', 'below', 1, false],
  ['.list', 'above', 1, false],
  ['.day', 'above', '2026-02-28', true],
  ['.is_new', 'is', true, true],
  ['.is_new', 'holds', '', true],
  ['.none', 'exists', '', false],
  ['.none', 'missing', '', true],
  ['.total', 'exists', '', true],
  ['.total', 'empty', '', false],
  ['.list', 'empty', '', true],
  ['.text', 'empty', '', true],
  ['.gone.further', 'empty', '', true],
  ['.name', 'notEmpty', '', true],
  ['.none', 'notEmpty', '', false],
  ['.["odd key"][0].a', 'is', 'x', true],
  ['$context.ask["odd key"]', 'is', 7, true],
];
const OTHERWISE = [
  '.total > .limit',
  '.total + 1 == 2',
  '.x == "\\(.other)"',
  '.x == 12345678901234567890',
  '.x < 5',
  '.a == 1 and .b == 2 or .c == 3',
  '.a == 1 and',
  'not',
  '.a | not',
  '.a?',
  '[0]',
  '(.name // "" | tostring | ascii_downcase | contains("ADA"))',
];

describe('conditions of a decision', () => {
  for (const [field, comparison, value, expected] of HOLDS)
    it(`${field} ${comparison} ${JSON.stringify(value)} is ${expected}`, async () => {
      const expression = expressionOf({ join: 'and', all: [{ field, comparison, value }] });
      const scope = { context: { ask: { 'odd key': 7 } }, [TENANT]: 'any' };
      assert.equal(await evaluateExpression(expression, DATA, scope), expected, expression);
    });

  it('are read back as they were written', () => {
    const field = fc.constantFrom('.', '.a', '.a.b[3]["c d"]', '.["e \\"f\\""].g', '$context.ask', '$item');
    const value = fc.oneof(fc.string(), fc.maxSafeInteger(), fc.boolean());
    const condition = fc
      .tuple(field, fc.constantFrom(...COMPARISONS), value)
      .map(([of, comparison, given]): Condition => {
        if (!takesValue(comparison)) return { field: of, comparison, value: '' };
        const isText = comparison === 'contains' || comparison === 'containsNot';
        return { field: of, comparison, value: isText ? String(given).toLowerCase() : given };
      });
    fc.assert(
      fc.property(fc.array(condition, { minLength: 1, maxLength: 4 }), fc.constantFrom('and', 'or'), (all, join) => {
        const read = conditionsOf(expressionOf({ join, all }));
        assert.deepEqual(read, { join: all.length > 1 ? join : 'and', all });
      }),
    );
  });

  it('are read when people write them with other spaces', () => {
    assert.deepEqual(conditionsOf(' .a=="x"  or\n .b >= 2.5 '), {
      join: 'or',
      all: [
        { field: '.a', comparison: 'is', value: 'x' },
        { field: '.b', comparison: 'atLeast', value: 2.5 },
      ],
    });
  });

  it('are read in the way in which amounts were compared before', () => {
    const of = (comparison: Comparison) => ({ join: 'and', all: [{ field: '.a', comparison, value: 5 }] });
    assert.deepEqual(conditionsOf('.a > 5'), of('above'));
    assert.deepEqual(conditionsOf('(.a != null and .a <= 5)'), of('atMost'));
  });

  it('are not seen in what says something else', () => {
    for (const expression of OTHERWISE) assert.equal(conditionsOf(expression), null, expression);
  });

  it('take a field by its name alone, and nothing that is worked out', () => {
    assert.deepEqual(
      ['total', ' .total', '$context.ask', '[0]', 'a b', '.a | length', '.a == 1', ''].map(fieldWritten),
      ['.total', '.total', '$context.ask', '.[0]', null, null, null, null],
    );
  });
});
