// JSON with numbers that cannot be held gives their texts, and everything else as `JSON.parse` does.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { exactJson, isHeld } from '#core/exact-json.ts';

/** Looking at each value as it is read, which takes far longer. */
function slowly(text: string): unknown {
  return (JSON.parse as any)(text, (_key: string, value: unknown, { source = '' }) =>
    typeof value === 'number' && !isHeld(value, source) ? source : value,
  );
}

function outcome(read: () => unknown): string {
  try {
    return JSON.stringify(read());
  } catch {
    return 'no JSON';
  }
}

describe('exact JSON', () => {
  const id = '12345678901234567890';

  it('has texts for numbers that cannot be held, and for nothing else', () => {
    const text = `{"${id}": [${id}, -${id} , 1e400, 0.${id}, 9007199254740992], "a\\\\\\"${id}": "${id}, 1e999"}`;
    assert.deepEqual(exactJson(text), {
      [id]: [id, `-${id}`, '1e400', Number(`0.${id}`), 9007199254740992],
      [`a\\"${id}`]: `${id}, 1e999`,
    });
    assert.equal(exactJson(id), id);
  });

  it('is no JSON where there is none', () => {
    for (const text of [
      `{${id}: 1}`,
      `0${id}`,
      `[${id}x]`,
      `["${id}]`,
      `+${id}`,
      `${id}.`,
      `1.1.${id}`,
      `[${id} ${id}]`,
    ])
      assert.throws(() => exactJson(text), SyntaxError, text);
  });

  it('is read to any depth', () => {
    const deep = `${'['.repeat(100_000)}${id}${']'.repeat(100_000)}`;
    let value = exactJson(deep);
    while (Array.isArray(value)) [value] = value;
    assert.equal(value, id);
  });

  it('is what it is when each value is looked at, for whatever is written', () => {
    const pieces = [
      '[',
      ']',
      '{',
      '}',
      ',',
      ':',
      '"',
      '\\',
      id,
      '-',
      '0',
      '.',
      'e',
      '1e999',
      '"a"',
      '1',
      ' ',
      `"${id}"`,
    ];
    const torn = fc.array(fc.constantFrom(...pieces), { maxLength: 12 }).map((parts) => parts.join(''));
    const number = fc.oneof(fc.bigInt().map(String), fc.double({ noNaN: true, noDefaultInfinity: true }).map(String));
    const listed = fc.array(fc.oneof(number, fc.json())).map((values) => `[${values.join(' ,')}]`);
    fc.assert(
      fc.property(fc.oneof(torn, listed), (text) => {
        assert.equal(
          outcome(() => exactJson(text)),
          outcome(() => slowly(text)),
        );
      }),
      { numRuns: 3_000 },
    );
  });
});
