// Runs the expressions of reference.cases and compares with the recorded answers of a jq build.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { compileJq } from '../../../../plugins/workflows/jq/index.ts';

// Where this interpreter answers otherwise on purpose (see its README), with its own answer.
const exceptions = new Map<string, string>([
  [
    'from_entries on [{"key":"a","value":1},{"name":"b","value":2},{"k":"c","v":3},{"Name":"d","Value":4}]',
    '[{"a":1,"b":2,"c":3,"d":4}]',
  ],
  [
    'from_entries on [{"key":null,"value":1},{"key":false},{"key":3,"value":false}]',
    '[{"3":false,"null":1,"false":null}]',
  ],
  ['reverse on "añ😀"', '["😀ña"]'],
  ['[indices(", ")], [index("a"), rindex("a")] on "a, bañana, a"', '[[[1,9]],[0,11]]'],
  [
    'strftime("%A %d %B %Y %j %U %H:%M:%S %Z %e %I %p") on 1425599621',
    '["Thursday 05 March 2015 064 09 23:53:41 UTC  5 11 PM"]',
  ],
  ['[scan("\\\\h+")] on "ff zz 09"', '[["ff","09"]]'],
  ['(error("x") // 1) on null', '[1]'],
  [
    '[.[] | tojson] on [1,1.1,100,0.00001,100000000000000000,123456789.125]',
    '[["1","1.1","100","1e-05","1e+17","123456789.125"]]',
  ],
  ['try (input) catch . on null', '["No more inputs"]'],
]);

interface Case {
  program: string;
  input: unknown;
  expected: unknown;
}

function readCases(): Case[] {
  const text = readFileSync(new URL('./reference.cases', import.meta.url), 'utf8');
  const groups = text.split(/\n\n+/).map((group) => group.split('\n').filter((line) => line !== ''));
  return groups.flatMap((lines) => {
    if (lines.length !== 3) return [];
    const [program = '', input = 'null', expected = 'null'] = lines;
    return [{ program, input: JSON.parse(input), expected: JSON.parse(expected) }];
  });
}

/** Outputs as JSON has them, so that nan counts as null. */
function answer({ program, input }: Case): unknown {
  try {
    return JSON.parse(JSON.stringify(compileJq(program)(input)));
  } catch {
    return 'error';
  }
}

function agrees(one: Case): boolean {
  try {
    assert.deepEqual(answer(one), one.expected);
    return true;
  } catch {
    return false;
  }
}

describe('jq: conformance', () => {
  const cases = readCases();

  for (const one of cases) {
    const title = `${one.program} on ${JSON.stringify(one.input)}`;
    const own = exceptions.get(title);
    if (own === undefined) it(title, () => assert.deepEqual(answer(one), one.expected));
    else it(`${title} (known exception)`, () => assert.deepEqual(answer(one), JSON.parse(own)));
  }

  it('agrees with the reference in at least 95 % of the cases', () => {
    assert.ok(cases.length > 400);
    const share = cases.filter(agrees).length / cases.length;
    assert.ok(share >= 0.95, String(share));
  });
});
