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

  it('do nothing to the tasks of a list that others use', () => {
    const text =
      'do:\n- a:\n    do: &steps\n    - b: { set: { x: 1 } }\n    - c: { set: { x: 2 } }\n- d: { do: *steps }\n';
    for (const pointer of ['/do/0/a/do/0/b', '/do/1/d/do/0/b']) {
      const at = place(text, pointer);
      assert.equal(edits.addTask(text, at, 'new', { set: { x: 3 } }), null);
      assert.equal(edits.removeTask(text, at), null);
      assert.equal(edits.copyTask(text, at), null);
      assert.equal(edits.renameTask(text, at, 'other'), null);
      assert.equal(edits.wrapTask(text, at, 'try'), null);
      assert.equal(edits.moveTask(text, at, { ...at, index: 2 }), null);
      assert.equal(edits.setField(text, at, ['set'], { x: 3 }), null);
    }
    assert.ok(edits.removeTask(text, place(text, '/do/1/d')));
  });

  it('leave a name that stands for two values with the one that it meant', () => {
    const text = 'do:\n- a: { set: &x { v: 1 } }\n- b: { set: &x { v: 2 } }\n- c: { set: *x }\n';
    const [a, b] = ['/do/0/a', '/do/1/b'].map((pointer) => place(text, pointer)) as [edits.Place, edits.Place];
    for (const edit of [edits.moveTask(text, a, { ...b, index: 2 }), edits.removeTask(text, b)])
      if (edit) assert.deepEqual(parse(made(text, edit)).do.at(-1), { c: { set: { v: 2 } } });
  });

  it('say what was meant in keys without a value, with question marks, and in items with tags', () => {
    const cases: [text: string, path: edits.Path, value: unknown][] = [
      ['do:\n- a:\n    set: { x, y: 2 }\n', ['set', 'x'], 3],
      ['do:\n- a:\n    set:\n      ? x\n      : 1\n', ['set', 'y'], 3],
      ['do:\n- a:\n    set: { l: [!!str 1, 2] }\n', ['set', 'l'], [5, 2]],
      ['do:\n- a:\n    set:\n      l:\n      - !!str 1\n      - 2\n', ['set', 'l'], [5, 2]],
    ];
    for (const [text, path, value] of cases) {
      const edit = edits.setField(text, place(text, '/do/0/a'), path, value);
      if (edit) assert.deepEqual(parse(made(text, edit)).do[0].a.set[path[1] as string], value, made(text, edit));
    }
  });

  it('put nothing inside of braces behind an anchor', () => {
    const text = 'do:\n- &n {\n    a: { set: { x: 1 } }\n  }\n';
    const at = place(text, '/do/0/a');
    const edit = edits.addTask(text, { ...at, index: 1 }, 'b', { set: { x: 2 } });
    if (edit) assert.deepEqual(parse(made(text, edit)).do[1], { b: { set: { x: 2 } } });
  });
});
