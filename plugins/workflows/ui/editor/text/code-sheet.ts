/** The text in CodeMirror, as the workflow's history goes on there. */
import { isolateHistory, redo, redoDepth, undo, undoDepth } from '@codemirror/commands';
import { Annotation } from '@codemirror/state';
import { EditorView, type ViewUpdate } from '@codemirror/view';
import type { Past, Sheet, Written } from '../model/sheet.ts';
import { markTask } from './marked-task.ts';

/** Changes that come from the graph and from forms, and what was done before the text was looked at. */
const ours = Annotation.define<'edit' | 'select' | 'past'>();

/** Does again what was done before, and undoes what was undone. */
export function codeSheet(view: EditorView, { steps, undone }: Past): Sheet {
  for (const step of steps)
    view.dispatch({ changes: step, annotations: [ours.of('past'), isolateHistory.of('full')], userEvent: 'input' });
  for (let index = 0; index < undone; index += 1) undo(view);

  return {
    text: () => view.state.doc.toString(),
    change(changes, isTyping) {
      view.dispatch({
        changes: [...changes],
        annotations: [ours.of('edit'), ...(isTyping ? [] : [isolateHistory.of('full')])],
        userEvent: isTyping ? 'input.type' : 'input',
      });
    },
    undo: () => void undo(view),
    redo: () => void redo(view),
    depths: () => ({ canUndo: undoDepth(view.state) > 0, canRedo: redoDepth(view.state) > 0 }),
    show(offset) {
      if (view.hasFocus) return;
      // Where it is not to be seen it would scroll the page around it, away from what is.
      const isSeen = view.dom.checkVisibility({ visibilityProperty: true });
      view.dispatch({
        selection: { anchor: offset },
        effects: isSeen ? EditorView.scrollIntoView(offset, { y: 'center' }) : [],
        annotations: ours.of('select'),
      });
    },
    goTo(offset) {
      view.dispatch({ selection: { anchor: Math.min(offset, view.state.doc.length) }, scrollIntoView: true });
      view.focus();
    },
    mark: (range) => view.dispatch({ effects: markTask.of(range), annotations: ours.of('select') }),
    cursor: () => view.state.selection.main.head,
    hasFocus: () => view.hasFocus,
    past: () => ({ text: view.state.doc.toString(), steps: [], undone: 0 }),
  };
}

/** What CodeMirror tells of an update; null for nothing that concerns the workflow. */
export function writtenIn(update: ViewUpdate): Written | 'cursor' | null {
  const kind = update.transactions.map((transaction) => transaction.annotation(ours)).find(Boolean);
  if (!update.docChanged) return update.selectionSet && kind === undefined ? 'cursor' : null;
  const isUndone = update.transactions.some((one) => one.isUserEvent('undo') || one.isUserEvent('redo'));
  const by = kind === 'edit' ? 'form' : isUndone ? 'undo' : 'person';
  return { text: update.state.doc.toString(), by, changes: update.changes.desc };
}
