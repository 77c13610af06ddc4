/**
 * A workflow while it is edited. Its text is the source of everything: the graph is read from it, and what is done in the
 * graph and in forms changes it there, so that one history undoes both.
 */
import { type Store, store } from 'patchbay-platform/ui';
import { type TaskList, taskAtOffset } from '../../graph/index.ts';
import { type Edit, placeOf } from '../edits/index.ts';
import { difference } from '../edits/text.ts';
import { createParser } from './parser.ts';
import { createPlainSheet, type Moves, type Past, type Sheet, type Written } from './sheet.ts';
import { looks, moved } from './tree.ts';

export interface Reading {
  text: string;
  /** The last one that could be read. */
  tree: TaskList | null;
  /** The same, but another object only when it looks different. */
  shown: TaskList | null;
  /** The text cannot be read: the tree is from before. */
  isStale: boolean;
  canUndo: boolean;
  canRedo: boolean;
  /** It comes a moment after the text has changed: there is no hurry to show it. */
  isLate: boolean;
}

export interface Session {
  reading: Store<Reading>;
  selected: Store<string | null>;
  /** What CodeMirror begins with. */
  past(): Past;
  /** From then on the text is changed there. */
  attach(sheet: Sheet): void;
  /** For CodeMirror's listener. */
  changed(written: Written | 'cursor' | null): void;
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

export function createSession(given: string): Session {
  const isCrlf = given.includes('\r\n') && !/[^\r]\n/.test(given);
  const plain = (text: string) => (isCrlf ? text.replaceAll('\r\n', '\n') : text);
  const parser = createParser((text, tree) => read(text, tree, true));
  /** What was written since the last reading. */
  let since: Moves | null = null;
  /** The text is in CodeMirror. */
  let isAttached = false;
  /** Somebody has written in the text, and chosen nothing since. */
  let isWriting = false;
  const first = plain(given);
  let sheet = createPlainSheet(first, changed);
  /** Where somebody goes as soon as the text is there. */
  let awaited: number | null = null;
  const tree = parser.now(first);
  const reading = store<Reading>({
    text: first,
    tree,
    shown: tree,
    isStale: tree === null,
    canUndo: false,
    canRedo: false,
    isLate: false,
  });
  const selected = store<string | null>(tree?.tasks[0]?.pointer ?? null);

  return {
    reading,
    selected,
    changed,
    edit,
    select,
    replace,
    past: () => sheet.past(),
    attach(attached) {
      const isFirst = !isAttached;
      isAttached = true;
      sheet = attached;
      reading.set({ ...reading.get(), ...sheet.depths() });
      mark();
      if (!isFirst || awaited === null) return;
      sheet.goTo(awaited);
      awaited = null;
    },
    goTo(offset) {
      if (isAttached) sheet.goTo(offset);
      else awaited = offset;
    },
    undo: () => sheet.undo(),
    redo: () => sheet.redo(),
    text() {
      const text = sheet.text();
      return isCrlf ? text.replaceAll('\n', '\r\n') : text;
    },
    stop: () => parser.stop(),
  };

  function changed(written: Written | 'cursor' | null): void {
    if (written === 'cursor') follow();
    if (written === null || written === 'cursor') return;
    const { text, by, changes } = written;
    const former = reading.get();
    const isQuick = by !== 'person';
    isWriting = !isQuick;
    if (isQuick && (changes === null || !parser.isLong())) {
      read(text, parser.now(text), false);
      return;
    }
    if (changes) since = since ? since.composeDesc(changes) : changes;
    const now = sheet.depths();
    if (by === 'form') {
      reading.set({ ...former, ...now, text, tree: treeNow(), isLate: false });
      since = null;
    } else if (now.canUndo !== former.canUndo || now.canRedo !== former.canRedo)
      reading.set({ ...former, ...now, isLate: true });
    parser.later(text);
  }

  /** A reading of the text as it is. */
  function read(text: string, found: TaskList | null, isLate: boolean): void {
    const former = reading.get();
    const tree = found ?? treeNow();
    since = null;
    const shown =
      found && former.shown && looks(found) === looks(former.shown) ? former.shown : (found ?? former.shown);
    reading.set({ ...sheet.depths(), text, tree, shown, isStale: found === null, isLate });
    const chosen = selected.get();
    if (found && chosen !== null && !placeOf(found, chosen)) selected.set(null);
    // Who has looked at the graph meanwhile sees there what they have written.
    if (sheet.hasFocus() || isWriting) follow();
    else mark();
  }

  function edit(
    run: (text: string, tree: TaskList) => Edit | null,
    { isTyping = false, keepsChoice = false } = {},
  ): boolean {
    const now = sheet.text();
    const current = reading.get();
    const fresh = current.text === now || parser.isLong() ? treeNow() : parser.now(now);
    if (!fresh || (current.isStale && current.text === now)) return false;
    const made = run(now, fresh);
    if (!made) return false;
    if (made.changes.length > 0) sheet.change(made.changes, isTyping);
    if (!isTyping && !keepsChoice) select(made.select);
    return true;
  }

  function select(pointer: string | null): void {
    isWriting = false;
    selected.set(pointer);
    mark();
    const task = pointer === null ? null : placeOfTask(pointer);
    if (task) sheet.show(task.from);
  }

  /** The task at the cursor is the chosen one. */
  function follow(): void {
    const known = treeNow();
    const cursor = sheet.cursor();
    if (cursor === null || !known || reading.get().isStale) return;
    const task = taskAtOffset(known, cursor);
    if (task) selected.set(task.pointer);
    mark();
  }

  function mark(): void {
    const pointer = selected.get();
    const range = pointer === null ? null : placeOfTask(pointer);
    sheet.mark(range);
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
    const change = difference(sheet.text(), plain(text));
    if (change) sheet.change([change], false);
  }
}
