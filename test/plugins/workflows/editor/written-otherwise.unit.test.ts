/** Keys and values that are written in ways few people use: an edit says what was meant, or leaves them to people. */
import assert from 'node:assert/strict';
import { parse } from 'yaml';
import * as edits from '../../../../plugins/workflows/ui/editor/edits/index.ts';
import { applied } from '../../../../plugins/workflows/ui/editor/edits/text.ts';
import { parseTasks } from '../../../../plugins/workflows/ui/graph/tasks.ts';

describe('edits of what is written otherwise', () => {
  const place = (text: string, pointer: string): edits.Place => {
    const found = edits.placeOf(parseTasks(text)!, pointer);
    assert.ok(found, `there is no ${pointer}`);
    return found;
  };
  const made = (text: string, edit: edits.Edit | null) => {
    assert.ok(edit);
    return applied(text, edit.changes);
  };

  it('copy a task whose name holds a colon, and choose the copy', () => {
    const text = 'do:\n- a:b:\n    set: { x: 1 }\n';
    const edit = edits.copyTask(text, place(text, '/do/0/a:b'));
    assert.equal(made(text, edit), 'do:\n- a:b:\n    set: { x: 1 }\n- a:b-2:\n    set: { x: 1 }\n');
    assert.equal(edit?.select, '/do/1/a:b-2');
  });

  it('copy no task whose name cannot be told, or whose anchors would be there twice', () => {
    for (const text of [
      'do:\n- ? a\n  : set: { x: 1 }\n',
      'do:\n- !!map\n  a: { set: { x: 1 } }\n',
      'do:\n- &first\n  a: { set: { x: 1 } }\n',
      'do:\n- a: { set: &x { x: 1 } }\n- b: { set: *x }\n',
    ]) {
      const edit = edits.copyTask(text, place(text, '/do/0/a'));
      if (edit === null) continue;
      const names = parse(made(text, edit)).do.map((item: object) => Object.keys(item)[0]);
      assert.deepEqual(names.slice(0, 2), ['a', 'a-2'], text);
      assert.equal(made(text, edit).match(/&/g), null, text);
    }
  });

  it('set nothing in a value that others use', () => {
    const text = 'do:\n- a: &body\n    set: { x: 1 }\n- b: *body\n';
    assert.equal(edits.setField(text, place(text, '/do/0/a'), ['set'], { x: 2 }), null);
    const inner = 'do:\n- a:\n    set: &v { x: 1 }\n    then: end\n- b: { set: *v }\n';
    assert.equal(edits.setField(inner, place(inner, '/do/0/a'), ['set', 'x'], 2), null);
    assert.match(made(inner, edits.setField(inner, place(inner, '/do/0/a'), ['then'], 'exit')), /then: exit/);
  });

  it('keep the comment behind the comma of an item that is moved', () => {
    const text = 'do: [{ p: { set: 1 } }, # one\n  { q: { set: 2 } } # two\n]\n';
    const edit = edits.moveTask(text, place(text, '/do/0/p'), { ...place(text, '/do/1/q'), index: 2 });
    if (edit) for (const comment of ['# one', '# two']) assert.ok(made(text, edit).includes(comment), made(text, edit));
  });

  it('remove a field with a tag, or leave it, but never what no parser reads', () => {
    for (const text of [
      'do:\n- a:\n    set: !!map { x: 1 }\n',
      'do:\n- a: !!map\n    set: { x: 1 }\n',
      'do:\n- a: { set: !!map { x: 1 } }\n',
    ]) {
      const edit = edits.setField(text, place(text, '/do/0/a'), ['set'], undefined);
      if (edit) assert.deepEqual(parse(made(text, edit)).do[0].a, {}, made(text, edit));
    }
  });
});
