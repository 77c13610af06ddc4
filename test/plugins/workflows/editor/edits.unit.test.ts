/**
 * Edits in the graph are changes of the text: they touch the lines of their task and no others, give what was meant, lose no
 * comment, and are undone byte for byte.
 */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parse } from 'yaml';
import { extentsOf } from '../../../../plugins/workflows/ui/editor/edits/extents.ts';
import { flatTasks, parseTasks } from '../../../../plugins/workflows/ui/graph/tasks.ts';
import { actionsOn, isThere } from './actions.ts';
import { checked } from './checks.ts';
import { definitions, HANDS, type Written } from './definitions.ts';

const ALL: Written[] = definitions();

describe('edits of a workflow in the graph', function () {
  this.timeout(60_000);

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
          const tree = parseTasks(text)!;
          const tasks = flatTasks(tree);
          const task = tasks[which % tasks.length]!;
          const actions = actionsOn(tree, task.pointer, (size) => picks.next().value % size);
          const action = actions[what % actions.length]!;
          if (isThere(parse(text), action, task.pointer)) checked(text, action);
        },
      ),
      { numRuns: 1_500 },
    );
  });
});
