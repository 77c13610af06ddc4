/** The text of a workflow before anybody has looked at it as text: its changes, its history, and what CodeMirror is given of both. */
import assert from 'node:assert/strict';
import { applied } from '#plugins/workflows/ui/editor/edits/text.ts';
import { createPlainSheet, type Written } from '#plugins/workflows/ui/editor/model/sheet.ts';

describe('a text that nobody looks at', () => {
  const said: Written[] = [];
  const sheetOf = (text: string) => createPlainSheet(text, (written) => said.push(written));
  beforeEach(() => void said.splice(0));

  it('is undone and done again step by step, and joins what is typed', () => {
    const sheet = sheetOf('do: []');
    sheet.change([{ from: 5, to: 5, insert: 'a' }], false);
    sheet.change([{ from: 6, to: 6, insert: 'b' }], true);
    sheet.change([{ from: 7, to: 7, insert: 'c' }], true);
    assert.equal(sheet.text(), 'do: [abc]');
    sheet.undo();
    assert.equal(sheet.text(), 'do: [a]');
    sheet.undo();
    sheet.undo();
    assert.deepEqual([sheet.text(), sheet.depths()], ['do: []', { canUndo: false, canRedo: true }]);
    sheet.redo();
    assert.deepEqual([sheet.text(), sheet.depths()], ['do: [a]', { canUndo: true, canRedo: true }]);
    assert.deepEqual(
      said.map(({ by }) => by),
      ['form', 'form', 'form', 'undo', 'undo', 'undo'],
    );
  });

  it('forgets what was undone when something else is done', () => {
    const sheet = sheetOf('x');
    sheet.change([{ from: 1, to: 1, insert: 'y' }], false);
    sheet.undo();
    sheet.change([{ from: 0, to: 1, insert: 'z' }], false);
    assert.deepEqual([sheet.text(), sheet.depths()], ['z', { canUndo: true, canRedo: false }]);
  });

  it('gives the steps that lead to it, those that are undone too', () => {
    const sheet = sheetOf('one two');
    sheet.change(
      [
        { from: 0, to: 3, insert: '1' },
        { from: 4, to: 7, insert: '2' },
      ],
      false,
    );
    sheet.change([{ from: 3, to: 3, insert: ' 3' }], false);
    sheet.undo();
    const { text, steps, undone } = sheet.past();
    const kept = steps.slice(0, steps.length - undone);
    assert.deepEqual([text, steps.length, undone], ['one two', 2, 1]);
    assert.equal(
      kept.reduce((now, step) => applied(now, [step]), text),
      sheet.text(),
    );
  });
});
