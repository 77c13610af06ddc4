/**
 * A workflow while it is edited. The text in CodeMirror is the source of everything: the graph is read from it, and what is
 * done in the graph and in forms changes it there, so that one history undoes both.
 */
import { isolateHistory, redo, redoDepth, undo, undoDepth } from '@codemirror/commands';
import { Annotation, type ChangeDesc } from '@codemirror/state';
import { EditorView, type ViewUpdate } from '@codemirror/view';
import { type Store, store } from 'patchbay-platform/ui';
import { type TaskList, taskAtOffset } from '../../graph/index.ts';
import { type Edit, placeOf } from '../edits/index.ts';
import { difference } from '../edits/text.ts';
import { markTask } from '../text/marked-task.ts';
import { createParser } from './parser.ts';
import { looks, moved } from './tree.ts';

export interface Reading {
  text: string;
  /** The last one that could be read. */
  tree: TaskList | null;
  /** The same, but another object only when it looks different. */
  shown: TaskList | null;
  /** The text cannot be read: the tree is from before. */
  isStale: boolean;
  /** CodeMirror is there: before, nothing can be changed. */
  isReady: boolean;
  canUndo: boolean;
  canRedo: boolean;
  /** It comes a moment after the text has changed: there is no hurry to show it. */
  isLate: boolean;
}

export interface Session {
  reading: Store<Reading>;
  selected: Store<string | null>;
  attach(view: EditorView): void;
  /** For CodeMirror's listener. */
  heard(update: ViewUpdate): void;
  /** Does what was done in the graph or in a form; false when it is left to people. `isTyping` joins what is undone together. */
  edit(
    run: (text: string, tree: TaskList) => Edit | null,
    /** `keepsChoice`: what is chosen stays so, whatever was changed. */
    how?: { isTyping?: boolean; keepsChoice?: boolean },
  ): boolean;
  select(pointer: string | null): void;
  goTo(offset: number): void;
  undo(): void;
  redo(): void;
  /** Another text in its place, by the smallest change. */
  replace(text: string): void;
  /** With the line breaks that it came with. */
  text(): string;
  stop(): void;
}

/** Changes that come from the graph and from forms. */
const ours = Annotation.define<'edit' | 'select'>();

export function createSession(given: string): Session {
  const isCrlf = given.includes('\r\n') && !/[^\r]\n/.test(given);
  const plain = (text: string) => (isCrlf ? text.replaceAll('\r\n', '\n') : text);
  const parser = createParser((text, tree) => read(text, tree, true));
  let view: EditorView | null = null;
  /** What was written since the last reading. */
  let since: ChangeDesc | null = null;
  /** Somebody has written in the text, and chosen nothing since. */
  let isWriting = false;
  const first = plain(given);
  const tree = parser.now(first);
  const reading = store<Reading>({
    text: first,
    tree,
    shown: tree,
    isStale: tree === null,
    isReady: false,
    canUndo: false,
    canRedo: false,
    isLate: false,
  });
  const selected = store<string | null>(tree?.tasks[0]?.pointer ?? null);

  return {
    reading,
    selected,
    heard,
    edit,
    select,
    replace,
    attach(attached) {
      view = attached;
      reading.set({ ...reading.get(), isReady: true });
      mark();
    },
    goTo(offset) {
      view?.dispatch({ selection: { anchor: Math.min(offset, view.state.doc.length) }, scrollIntoView: true });
      view?.focus();
    },
    undo: () => void (view && undo(view)),
    redo: () => void (view && redo(view)),
    text() {
      const text = view?.state.doc.toString() ?? reading.get().text;
      return isCrlf ? text.replaceAll('\n', '\r\n') : text;
    },
    stop() {
      parser.stop();
      view = null;
    },
  };

  function heard(update: ViewUpdate): void {
    const kind = update.transactions.map((transaction) => transaction.annotation(ours)).find(Boolean);
    if (update.docChanged) {
      const text = update.state.doc.toString();
      const former = reading.get();
      const isUndone = update.transactions.some((one) => one.isUserEvent('undo') || one.isUserEvent('redo'));
      const isQuick = kind === 'edit' || isUndone;
      isWriting = !isQuick;
      if (isQuick && !parser.isLong()) {
        read(text, parser.now(text), false);
        return;
      }
      since = since ? since.composeDesc(update.changes.desc) : update.changes.desc;
      const now = depths();
      if (kind === 'edit') {
        reading.set({ ...former, ...now, text, tree: treeNow(), isLate: false });
        since = null;
      } else if (now.canUndo !== former.canUndo || now.canRedo !== former.canRedo)
        reading.set({ ...former, ...now, isLate: true });
      parser.later(text);
      return;
    }
    if (update.selectionSet && kind === undefined) follow();
  }

  /** A reading of the text as it is. */
  function read(text: string, found: TaskList | null, isLate: boolean): void {
    const former = reading.get();
    const tree = found ?? treeNow();
    since = null;
    const shown =
      found && former.shown && looks(found) === looks(former.shown) ? former.shown : (found ?? former.shown);
    reading.set({ ...depths(), text, tree, shown, isStale: found === null, isReady: true, isLate });
    const chosen = selected.get();
    if (found && chosen !== null && !placeOf(found, chosen)) selected.set(null);
    // Who has looked at the graph meanwhile sees there what they have written.
    if (view?.hasFocus || isWriting) follow();
    else mark();
  }

  function edit(
    run: (text: string, tree: TaskList) => Edit | null,
    { isTyping = false, keepsChoice = false } = {},
  ): boolean {
    if (!view) return false;
    const now = view.state.doc.toString();
    const current = reading.get();
    const fresh = current.text === now || parser.isLong() ? treeNow() : parser.now(now);
    if (!fresh || (current.isStale && current.text === now)) return false;
    const made = run(now, fresh);
    if (!made) return false;
    if (made.changes.length > 0)
      view.dispatch({
        changes: [...made.changes],
        annotations: [ours.of('edit'), ...(isTyping ? [] : [isolateHistory.of('full')])],
        userEvent: isTyping ? 'input.type' : 'input',
      });
    if (!isTyping && !keepsChoice) select(made.select);
    return true;
  }

  function select(pointer: string | null): void {
    isWriting = false;
    selected.set(pointer);
    mark();
    const task = pointer === null ? null : placeOfTask(pointer);
    if (!view || !task || view.hasFocus) return;
    view.dispatch({
      selection: { anchor: task.from },
      effects: EditorView.scrollIntoView(task.from, { y: 'center' }),
      annotations: ours.of('select'),
    });
  }

  /** The task at the cursor is the chosen one. */
  function follow(): void {
    const known = treeNow();
    if (!view || !known || reading.get().isStale) return;
    const task = taskAtOffset(known, view.state.selection.main.head);
    if (task) selected.set(task.pointer);
    mark();
  }

  function mark(): void {
    const pointer = selected.get();
    const range = pointer === null ? null : placeOfTask(pointer);
    view?.dispatch({ effects: markTask.of(range), annotations: ours.of('select') });
  }

  function placeOfTask(pointer: string) {
    const known = treeNow();
    const place = known && placeOf(known, pointer);
    return place?.list.tasks[place.index]?.range ?? null;
  }

  /** The last tree, with its places in the text as it is now. */
  function treeNow(): TaskList | null {
    const { tree: known } = reading.get();
    const changes = since;
    return known && changes ? moved(known, (offset, side) => changes.mapPos(offset, side)) : known;
  }

  function replace(text: string): void {
    if (!view) return;
    const change = difference(view.state.doc.toString(), plain(text));
    if (change) view.dispatch({ changes: change, annotations: [ours.of('edit'), isolateHistory.of('full')] });
  }

  function depths() {
    return { canUndo: view !== null && undoDepth(view.state) > 0, canRedo: view !== null && redoDepth(view.state) > 0 };
  }
}
