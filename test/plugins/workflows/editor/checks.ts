/** What holds for every edit of a text. */
import assert from 'node:assert/strict';
import { history, undo } from '@codemirror/commands';
import { EditorState } from '@codemirror/state';
import { isAlias, isNode, Lexer, parseDocument, visit } from 'yaml';
import * as edits from '../../../../plugins/workflows/ui/editor/edits/index.ts';
import { flatTasks, parseTasks, type TaskList } from '../../../../plugins/workflows/ui/graph/tasks.ts';
import { type Action, listsOf, read, stepsOf } from './actions.ts';

/** Lines that a task has: with the comment above it. */
function ownLines(text: string, tree: TaskList, { touches, into }: Action): Set<number> {
  const lines = text.split(/\r?\n/);
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
    // A dash may stand above its task.
    let dash = first;
    while (dash > 0 && !/^\s*-/.test(lines[dash]!) && /^\s*(-\s*)?(#.*)?$/.test(lines[dash - 1]!)) dash -= 1;
    if (/^\s*-\s*(#.*)?$/.test(lines[dash]!)) for (let line = dash; line < first; line += 1) own.add(line);
    else dash = first;
    let top = dash;
    for (; top > 0 && /^\s*#/.test(lines[top - 1]!); top -= 1) own.add(top - 1);
    // What is said below it, deeper than its dash.
    const column = lines[dash]!.search(/\S/);
    for (let line = last + 1; /^\s*(#.*)?$/.test(lines[line] ?? '-'); line += 1)
      if (lines[line]!.indexOf('#') > column) for (let said = last + 1; said <= line; said += 1) own.add(said);
    // Empty lines behind it that a value above would take for its own.
    const next = lines.findIndex((line, index) => index > last && line.trim() !== '');
    if (takesLines(lines, top, last, lines.slice(last + 1, next)))
      for (let line = last + 1; line < next; line += 1) own.add(line);
    // The end of a list that has become empty.
    if (/^\s*\],?\s*$/.test(lines[last + 1] ?? '')) own.add(last + 1);
  }
  // A list in one line has nothing but that line.
  const target = listsOf(tree).find(({ pointer }) => pointer === into)?.range;
  if (target && lineAt(target.from) === lineAt(target.to)) own.add(lineAt(target.from));
  return own;
}

/** Whether a value above the first line, or one in the lines, would count the empty lines behind the last. */
function takesLines(lines: readonly string[], first: number, last: number, empty: readonly string[]): boolean {
  const [own, above] = [lines.slice(first, last + 1).join('\n'), `${lines.slice(0, first).join('\n')}\n`];
  const header = empty.some((line) => line !== '') ? /[|>][-+\d]*\s*(#.*)?$/m : /[|>]\d?\+\d?\s*(#.*)?$/m;
  const read = (text: string) => JSON.stringify(parseDocument(text).toJS());
  return header.test(own) || (header.test(above) && read(above) !== read(`${above}${empty.join('\n')}\n`));
}

/** The lines of the examples come again with every edit. */
const known = new Map<string, string>();

/** A comma behind it, and the brackets of an empty list, are about the list and not about what stands in the line. */
function bare(line: string): string {
  const found = known.get(line);
  if (found !== undefined) return found;
  const [, said = '', comment = ''] = /^([^#]*)(.*)$/.exec(line.replace(/\r$/, '').replace(/ ?\[\]/, '')) ?? [];
  const made = said.trimEnd().replace(/,$/, '').trimEnd().replace(/\[$/, '').trimEnd() + comment;
  known.set(line, made);
  return made;
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

/** Each as often as it stands there. A scalar, which may look like one, follows a mark of its own. */
function comments(text: string): string[] {
  const tokens = [...new Lexer().lex(text)];
  return tokens.filter((token, index) => token.startsWith('#') && tokens[index - 1] !== '\u001F').sort();
}

/** What is written once and counts in several places is left to people. */
function isShared(text: string, pointer: string): boolean {
  const document = parseDocument(text);
  const steps = stepsOf(pointer);
  const node = document.getIn(steps, true);
  if (!isNode(node)) return true;
  const around = steps.map((_step, length) => document.getIn(steps.slice(0, length), true));
  if (around.some((one) => isAlias(one) || (isNode(one) && one.anchor))) return true;
  let found = false;
  visit(node, {
    Node(_key, inner) {
      if (isAlias(inner) || inner.anchor) found = true;
    },
  });
  return found;
}

function assertKept(before: string[], after: string[], text: string): void {
  const left = [...after];
  for (const comment of before) {
    const at = left.indexOf(comment);
    assert.notEqual(at, -1, `${comment} in\n${text}`);
    left.splice(at, 1);
  }
}

function check(text: string, action: Action): void {
  const { tree, definition } = read(text);
  const edit = action.run(text, tree);
  if (!edit) {
    const places = [...action.touches, ...(action.into ? [action.into] : [])];
    assert.ok(
      places.some((pointer) => isShared(text, pointer)),
      'it is refused',
    );
    return;
  }
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
  // Each use of a value that is written once has one of its own: what an edit says of one is not said of the others.
  const meant = JSON.parse(JSON.stringify(definition));
  action.mean(meant);
  assert.deepEqual(document.toJS(), meant, after);
  if (edit.select !== null) assert.ok(edits.placeOf(parseTasks(after)!, edit.select), `${edit.select} in\n${after}`);
  assertOthersStay(text, after, ownLines(text, tree, action));
  if (action.keepsComments) assertKept(comments(text), comments(after), after);
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
