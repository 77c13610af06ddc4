/** A step put into a line of the graph comes between what the line joins, and leaves every other way where it led. */
import assert from 'node:assert/strict';
import { parse } from 'yaml';
import { applied, insertTask } from '#plugins/workflows/ui/editor/edits/index.ts';
import { layoutOf } from '#plugins/workflows/ui/graph/layout.ts';
import { spread } from '#plugins/workflows/ui/graph/spread.ts';
import { parseTasks } from '#plugins/workflows/ui/graph/tasks.ts';

const TEXT = `# What comes
do:
- ask: { set: { a: 1 } }   # kept
- decide:
    switch:
    - yes: { when: .a == 1, then: continue }
    - no: { then: late }
- soon:
    set: { b: 2 }
    then: end
- late: { set: { c: 3 } }
- each:
    for: { in: .items }
    do:
    - one: { set: { d: 4 } }
`;

/** Where each line of the graph leads, by names. */
function linesOf(text: string): string[] {
  const tree = parseTasks(text)!;
  const { boxes, lines } = layoutOf(tree, { spread, isJoined: false });
  const nameOf = (id: string) => boxes.find((box) => box.id === id)?.task?.name ?? id.replace(/^.*#/, '');
  return lines.map(({ from, to, label }) => `${nameOf(from)} ${label ?? ''}> ${nameOf(to)}`).sort();
}

function inserted(line: string, body: Record<string, unknown> = { set: { new: true } }): string {
  const tree = parseTasks(TEXT)!;
  const { boxes, lines } = layoutOf(tree, { spread, isJoined: false });
  const nameOf = (id: string) => boxes.find((box) => box.id === id)?.task?.name ?? id.replace(/^.*#/, '');
  const found = lines.find(({ from, to, label }) => `${nameOf(from)} ${label ?? ''}> ${nameOf(to)}` === line);
  assert.ok(found, `no line ${line} in ${linesOf(TEXT).join(', ')}`);
  const edit = insertTask(TEXT, tree, found, 'fresh', body);
  assert.ok(edit, line);
  const text = applied(TEXT, edit.changes);
  assert.match(edit.select ?? '', /\/fresh$/);
  assert.match(text, /# What comes/);
  assert.match(text, /# kept/);
  assert.ok(parse(text));
  return text;
}

describe('a step put into a line', () => {
  const before = linesOf(TEXT);

  for (const line of before.filter((one) => !one.startsWith('start > one')))
    it(`comes between ${line}`, () => {
      const [from, to] = line.split('> ');
      const after = linesOf(inserted(line));
      assert.ok(after.includes(`${from}> fresh`), after.join(', '));
      assert.ok(after.includes(`fresh > ${to}`), after.join(', '));
      const others = before.filter((one) => one !== line);
      assert.deepEqual(
        others.filter((one) => !after.includes(one)),
        [],
      );
      assert.equal(after.length, before.length + 1);
    });

  it('leads all ways of a decision to where the line led', () => {
    const body = parse('switch: [ { one: { when: .x, then: continue } }, { other: { then: continue } } ]');
    const after = linesOf(inserted('decide no> late', body));
    assert.deepEqual(
      after.filter((one) => one.startsWith('fresh')),
      ['fresh one> late', 'fresh other> late'],
    );
  });

  it('is refused where there is no such line any more', () => {
    const tree = parseTasks(TEXT)!;
    assert.equal(insertTask(TEXT, tree, { id: '/do/9/gone>0', from: '/do/9/gone' }, 'fresh', {}), null);
  });
});
