/**
 * Edits in the graph are changes of the text: they touch the lines of their task and no others, give what was meant, lose no
 * comment, and are undone byte for byte.
 */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parse } from 'yaml';
import { extentsOf } from '../../../../plugins/workflows/ui/editor/edits/extents.ts';
import * as edits from '../../../../plugins/workflows/ui/editor/edits/index.ts';
import { parseTasks } from '../../../../plugins/workflows/ui/graph/tasks.ts';
import { actionsIn } from './actions.ts';
import { checked } from './checks.ts';
import { definitions, type Written } from './definitions.ts';
import { HANDS } from './hands.ts';

const ALL: Written[] = definitions();

/** One task whose text keeps its empty lines, and what stands behind it. */
const KEPT = 'do:\n  - a:\n      set:\n        x: |+\n          one\n\n';

interface Case {
  name: string;
  before: string;
  act(text: string, place: (pointer: string) => edits.Place): edits.Edit | null;
  after: string;
}

/** Faults that chance found: a text in a block took lines that were not its own, or lost some. */
const FOUND: Case[] = [
  {
    name: 'take the empty lines behind a task along when the text above would keep them',
    before: `${KEPT}  - b: { set: 1 }\n\n\n  - c: { set: 2 }\n`,
    act: (text, place) => edits.removeTask(text, place('/do/1/b')),
    after: `${KEPT}  - c: { set: 2 }\n`,
  },
  {
    name: 'take the empty lines behind a field along when the text above would keep them',
    before: `${KEPT}      then: end\n\n  - c: { set: 2 }\n`,
    act: (text, place) => edits.setField(text, place('/do/0/a'), ['then'], undefined),
    after: `${KEPT}  - c: { set: 2 }\n`,
  },
  {
    name: 'leave a text its last empty line at the end of a file without a line break',
    before: `${KEPT}  - b: { set: 1 }`,
    act: (text, place) => edits.removeTask(text, place('/do/1/b')),
    after: KEPT,
  },
  {
    name: 'put a text that keeps empty lines behind those at the end of a list',
    before: `${KEPT}  - b: { set: 1 }\n\n# end\n`,
    act: (text, place) => edits.moveTask(text, place('/do/0/a'), { ...place('/do/1/b'), index: 2 }),
    after: `do:\n  - b: { set: 1 }\n\n${KEPT.slice(4)}# end\n`,
  },
  {
    name: 'write a line break for a text that keeps it at the end of a file',
    before: `${KEPT}  - b: { set: 1 }`,
    act: (text, place) => edits.moveTask(text, place('/do/0/a'), { ...place('/do/1/b'), index: 2 }),
    after: `do:\n  - b: { set: 1 }\n${KEPT.slice(4)}`,
  },
  {
    name: 'move a task to the end of a file whose text above keeps its empty lines',
    before: `do:\n  - a:\n      do:\n        - b: { set: { x: 1 } }\n        - c:\n            set: |+\n              one\n\n        - d: { set: 2 }`,
    act: (text, place) => edits.moveTask(text, place('/do/0/a/do/2/d'), { ...place('/do/0/a'), index: 1 }),
    after: `do:\n  - a:\n      do:\n        - b: { set: { x: 1 } }\n        - c:\n            set: |+\n              one\n\n  - d: { set: 2 }\n`,
  },
  {
    name: 'quote a new text that ends with empty lines',
    before: 'do:\n  - a: { set: 1 }\n  - b:\n      set: 2\n\n',
    act: (text, place) => edits.setField(text, place('/do/1/b'), ['set'], { x: 'one\n\n' }),
    after: 'do:\n  - a: { set: 1 }\n  - b:\n      set:\n        x: "one\\n\\n"\n\n',
  },
  {
    name: 'leave no line of spaces behind a new text of several lines',
    before: 'do:\n  - a:\n      set: 2\n            \n      then: end\n',
    act: (text, place) => edits.setField(text, place('/do/0/a'), ['set'], 'one\ntwo'),
    after: 'do:\n  - a:\n      set: |-\n        one\n        two\n      then: end\n',
  },
  {
    name: 'move the lines of spaces that count in a text',
    before: 'do:\n  - a:\n      set: |\n        one\n            \n        two\n',
    act: (text, place) => edits.wrapTask(text, place('/do/0/a'), 'do'),
    after:
      'do:\n  - do-a:\n      do:\n        - a:\n            set: |\n              one\n                  \n              two\n',
  },
];

/** The keywords of the DSL. */
const WORDS = `
  actor after agentCard all amount any arguments as assertion at attempt audiences authentication authentications authority
  await backoff basic bearer before body branches call catalogs catch channel cleanup client code command compete constant
  consume container correlate correlationId count cron data datacontenttype dataschema days delay description detail digest do
  document dsl duration each emit encoding endpoint endpoints environment error errors evaluate event every exceptWhen expect
  exponential export extend extensions filter for foreach fork format from functions grant headers hours http id if image in
  input instance introspection issuers item jitter language lifetime limit linear listen message metadata method milliseconds
  minutes name namespace oauth2 oidc on one operation operationId output parameters password payload port ports proto protocol
  pullPolicy query raise read redirect request resource retries retry return revocation run schedule schema scopes script
  seconds secrets server service set shell source status stdin stdio subject subscription summary switch tags then timeout
  timeouts title to token transport try type until uri use username variables version volumes wait when while with workflow
`;

describe('edits of a workflow in the graph', function () {
  this.timeout(120_000);

  it('are tried with every word of the language', () => {
    const written = new Set(ALL.flatMap(({ text }) => keysOf(parse(text))));
    assert.deepEqual(
      WORDS.trim()
        .split(/\s+/)
        .filter((word) => !written.has(word)),
      [],
    );
  });

  it('end when the places are those of a longer text', () => {
    const text = ALL[0]!.text.trimEnd();
    const tree = parseTasks(`${text}\n# more that was written a moment later\n`)!;
    const [first] = tree.tasks;
    const longer = { ...tree, tasks: [{ ...first!, range: { from: first!.range.from, to: text.length + 40 } }] };
    assert.ok((extentsOf(text, longer)?.items[0]?.to ?? 0) <= text.length);
  });

  for (const { name, before, act, after } of FOUND)
    it(name, () => {
      const edit = act(before, (pointer) => edits.placeOf(parseTasks(before)!, pointer)!);
      assert.equal(edits.applied(before, edit!.changes), after);
    });

  it('change the lines of their task alone, in every example', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...ALL),
        fc.constantFrom(...Object.keys(HANDS)),
        fc.nat(),
        fc.nat(),
        fc.infiniteStream(fc.nat()),
        (written, hand, which, what, picks) => {
          const text = HANDS[hand]!(written.text);
          const tasks = actionsIn(text, (size) => picks.next().value % size);
          const actions = tasks[which % tasks.length]!;
          checked(text, actions[what % actions.length]!);
        },
      ),
      // The same in every run, so that a failure is of a change.
      { numRuns: 1_500, seed: 20261122 },
    );
  });
});

function keysOf(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  const inner = Object.values(value).flatMap(keysOf);
  return Array.isArray(value) ? inner : [...Object.keys(value), ...inner];
}
