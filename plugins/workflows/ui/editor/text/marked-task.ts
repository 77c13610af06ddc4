/** The lines of the chosen task, marked in the text. */
import { StateEffect, StateField } from '@codemirror/state';
import { Decoration, type DecorationSet, EditorView } from '@codemirror/view';

export const markTask = StateEffect.define<{ from: number; to: number } | null>();

const line = Decoration.line({ class: 'cm-chosen-task' });
/** Longer ones are marked by their first lines. */
const MOST_LINES = 400;

export const markedTask = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(marks, transaction) {
    let next = marks.map(transaction.changes);
    for (const effect of transaction.effects) {
      if (!effect.is(markTask)) continue;
      const { value } = effect;
      if (!value) {
        next = Decoration.none;
        continue;
      }
      const { doc } = transaction.state;
      const first = doc.lineAt(Math.min(value.from, doc.length)).number;
      const end = doc.lineAt(Math.min(Math.max(value.from, value.to - 1), doc.length)).number;
      const last = Math.min(end, first + MOST_LINES);
      const lines = Array.from({ length: last - first + 1 }, (_, index) => line.range(doc.line(first + index).from));
      next = Decoration.set(lines);
    }
    return next;
  },
  provide: (field) => EditorView.decorations.from(field),
});

export const markedTaskLook = EditorView.theme({
  '.cm-chosen-task': { backgroundColor: 'light-dark(rgb(66 99 235 / 8%), rgb(145 167 255 / 12%))' },
});
