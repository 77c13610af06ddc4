/** What holds for every edit of a text. */
import assert from 'node:assert/strict';
import { history, undo } from '@codemirror/commands';
import { EditorState } from '@codemirror/state';
import { parse, parseDocument } from 'yaml';
import * as edits from '../../../../plugins/workflows/ui/editor/edits/index.ts';
import { flatTasks, parseTasks, type TaskList } from '../../../../plugins/workflows/ui/graph/tasks.ts';
import { type Action, listsOf } from './actions.ts';

/** Lines that a task has: with the comment above it. */
function ownLines(text: string, tree: TaskList, { touches, into }: Action): Set<number> {
  const lines = text.split('\n');
  const lineAt = (offset: number) => text.slice(0, offset).split('\n').length - 1;
  const own = new Set<number>();
  for (const pointer of touches) {
    const { range } = flatTasks(tree).find((task) => task.pointer === pointer)!;
    const open = text.slice(0, range.from).search(/\{\s*$/);
    const close = /^[\s,]*\}/.exec(text.slice(range.to));
    const isBraced = open !== -1 && close !== null;
    const first = lineAt(isBraced ? open : range.from);
    const last = lineAt(isBraced ? range.to + close[0].length - 1 : Math.max(range.from, range.to - 1));
    for (let line = first; line <= last; line += 1) own.add(line);
    for (let line = first - 1; line >= 0 && /^\s*#/.test(lines[line]!); line -= 1) own.add(line);
    // The end of a list that has become empty.
    if (/^\s*\],?\s*$/.test(lines[last + 1] ?? '')) own.add(last + 1);
  }
  // A list in one line has nothing but that line.
  const target = listsOf(tree).find(({ pointer }) => pointer === into)?.range;
  if (target && lineAt(target.from) === lineAt(target.to)) own.add(lineAt(target.from));
  return own;
}

/** A comma behind it, and the brackets of an empty list, are about the list and not about what stands in the line. */
function bare(line: string): string {
  return line
    .replace(/\r$/, '')
    .replace(/ ?\[\]/, '')
    .replace(/\s*\[?\s*,?\s*$/, '');
}

function assertOthersStay(before: string, after: string, own: Set<number>): void {
  const kept = before
    .split('\n')
    .map(bare)
    .filter((_line, index) => !own.has(index));
  const result = after.split('\n').map(bare);
  let place = 0;
  for (const line of kept) {
    const found = result.indexOf(line, place);
    assert.notEqual(found, -1, `the line ${JSON.stringify(line)} is gone`);
    place = found + 1;
  }
}

function comments(text: string): string[] {
  return text.match(/# (?:above|beside|first|last)[^\r\n]*/g)?.sort() ?? [];
}

function check(text: string, action: Action): void {
  const tree = parseTasks(text);
  assert.ok(tree);
  const edit = action.run(text, tree);
  assert.ok(edit, 'it is refused');
  let state = EditorState.create({
    doc: text,
    extensions: [history(), EditorState.lineSeparator.of('\n')],
  });
  const before = state.doc.toString();
  assert.equal(before, text);
  state = state.update({ changes: [...edit.changes] }).state;
  const after = state.doc.toString();
  assert.equal(after, edits.applied(text, edit.changes));
  const document = parseDocument(after);
  assert.deepEqual(
    document.errors.map(({ message }) => message),
    [],
    after,
  );
  const meant = parse(text);
  action.mean(meant);
  assert.deepEqual(document.toJS(), meant, after);
  if (edit.select !== null) assert.ok(edits.placeOf(parseTasks(after)!, edit.select), `${edit.select} in\n${after}`);
  assertOthersStay(text, after, ownLines(text, tree, action));
  if (action.keepsComments)
    for (const comment of comments(text)) assert.ok(comments(after).includes(comment), `${comment} in\n${after}`);
  if (text.includes('\r\n')) assert.equal(/[^\r]\n/.test(after), false, 'line breaks are mixed');
  if (edit.changes.length === 0) return;
  assert.ok(
    undo({
      state,
      dispatch: (transaction) => {
        state = transaction.state;
      },
    }),
  );
  assert.equal(state.doc.toString(), text);
}

/** Fails with the text in the message. */
export function checked(text: string, action: Action): void {
  try {
    check(text, action);
  } catch (error) {
    throw new Error(`${action.name}: ${error instanceof Error ? error.message : error}\n${text}`, { cause: error });
  }
}
