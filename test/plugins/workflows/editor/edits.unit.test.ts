/**
 * Edits in the graph are changes of the text: they touch the lines of their task and no others, give what was meant, lose no
 * comment, and are undone byte for byte.
 */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parse } from 'yaml';
import { extentsOf } from '../../../../plugins/workflows/ui/editor/edits/extents.ts';
import { parseTasks } from '../../../../plugins/workflows/ui/graph/tasks.ts';
import { actionsIn } from './actions.ts';
import { checked } from './checks.ts';
import { definitions, type Written } from './definitions.ts';
import { HANDS } from './hands.ts';

const ALL: Written[] = definitions();

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
