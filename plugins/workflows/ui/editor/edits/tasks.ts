/**
 * What people do with tasks in the graph, as changes of the text: add, remove, move, copy, rename, wrap. Each touches the
 * lines of its task and no others; null where the text is written in a way that only people should change.
 */
import { pointerStep, type TaskList } from '../../graph/tasks.ts';
import { declaresAnchors, hasAnchors, whole } from './anchors.ts';
import { extentsOf } from './extents.ts';
import { inserted, removed } from './lists.ts';
import { itemsAt, meant } from './meaning.ts';
import { asBlock, asFlow, keyAt, type Piece, pieceOf, pieceOfTask, renamed } from './pieces.ts';
import { applied, type Change, type Edit, eolOf, indentOf, lineStart, shifted } from './text.ts';
import { inlineText, type Style, styleOf } from './write.ts';

export const WRAPPERS = ['try', 'for', 'fork', 'do'] as const;
export type Wrapper = (typeof WRAPPERS)[number];

export interface Place {
  list: TaskList;
  index: number;
}

/** A new task before the one at `index`. */
export function addTask(text: string, { list, index }: Place, name: string, body: unknown): Edit | null {
  const how = styleOf(text);
  const own = freeName(list, name);
  const changes = inserted(text, list, index, newPiece(text, list, own, body, how), how);
  const edit = changes && { changes, select: pointerOf(list, index, own) };
  return meant(text, edit, (definition) => itemsAt(definition, list.pointer).splice(index, 0, { [own]: body }));
}

export function removeTask(text: string, { list, index }: Place): Edit | null {
  const changes = removed(text, list, index);
  const next = list.tasks[index + 1] ?? list.tasks[index - 1];
  const at = index + 1 < list.tasks.length ? index : index - 1;
  const edit = changes && whole(text, { changes, select: next ? pointerOf(list, at, next.name) : null });
  return meant(text, edit, (definition) => itemsAt(definition, list.pointer).splice(index, 1));
}

/** A second one below it. */
export function copyTask(text: string, { list, index }: Place): Edit | null {
  const [task, piece] = [list.tasks[index], takenFrom(text, { list, index })];
  if (!task || !piece) return null;
  const how = styleOf(text);
  const name = freeName(list, task.name);
  // An anchor that is written twice means the second one from there on.
  if (declaresAnchors(piece.lines.join('\n'))) return null;
  const copy = renamed(piece, name, how);
  const changes = copy && inserted(text, list, index + 1, copy, how);
  const edit = changes && whole(text, { changes, select: pointerOf(list, index + 1, name) });
  return meant(text, edit, (definition) => {
    const items = itemsAt(definition, list.pointer);
    const copied = Object.entries(items[index] ?? {}).map(([key, body]) => [key === task.name ? name : key, body]);
    items.splice(index + 1, 0, Object.fromEntries(copied));
  });
}

/** To before the task at `to.index`, counted while it still stands where it stood. */
export function moveTask(text: string, from: Place, to: Place): Edit | null {
  const task = from.list.tasks[from.index];
  const isSame = from.list.pointer === to.list.pointer;
  if (!task || to.list.pointer.startsWith(`${task.pointer}/`)) return null;
  if (isSame && (to.index === from.index || to.index === from.index + 1)) return null;
  const how = styleOf(text);
  const piece = takenFrom(text, from);
  if (!piece) return null;
  if (!isSame && to.list.tasks.some(({ name }) => name === task.name)) return null;
  // Elsewhere it might stand inside of itself.
  if (!isSame && hasAnchors(piece.lines.join('\n'))) return null;
  const [out, into] = [removed(text, from.list, from.index), inserted(text, to.list, to.index, piece, how)];
  if (!out || !into) return null;
  const changes = joined(text, out, into);
  const index = isSame && to.index > from.index ? to.index - 1 : to.index;
  // Between brackets a comment may belong to what is left behind as well as to what goes.
  if (!changes || commentsIn(applied(text, changes)) < commentsIn(text)) return null;
  const edit = whole(text, { changes, select: movedPointer(from, to, pointerOf(to.list, index, task.name)) });
  return meant(text, edit, (definition) => {
    const [out, into] = [itemsAt(definition, from.list.pointer), itemsAt(definition, to.list.pointer)];
    const moved = out.splice(from.index, 1);
    into.splice(index, 0, ...moved);
  });
}

export function renameTask(text: string, { list, index }: Place, name: string): Edit | null {
  const task = list.tasks[index];
  if (!task || name === '' || (name !== task.name && freeName(list, name) !== name)) return null;
  const key = keyAt(text.slice(task.range.from, task.range.to + 1));
  if (key === null) return null;
  const { from } = task.range;
  const changes = [{ from, to: from + key.length, insert: inlineText(name, styleOf(text)) }];
  return meant(text, { changes, select: pointerOf(list, index, name) }, (definition) => {
    const items = itemsAt(definition, list.pointer);
    const { [task.name]: body, ...rest } = items[index] ?? {};
    items[index] = { [name]: body, ...rest };
  });
}

/** The task inside of a new one, which is what others lead to when they led to it. */
export function wrapTask(text: string, place: Place, wrapper: Wrapper): Edit | null {
  const { list, index } = place;
  const [task, piece, extents] = [list.tasks[index], takenFrom(text, place), extentsOf(text, list)];
  const extent = extents?.items[index];
  if (!task || !piece || !extents || !extent) return null;
  const how = styleOf(text);
  const isTarget = list.tasks.some(({ exits }) => exits.some(({ to }) => to === task.name));
  const name = isTarget ? task.name : freeName(list, `${wrapper}-${task.name}`);
  const outer = newPiece(text, list, name, bodyAround(wrapper), how);
  const lines = filled(outer, piece, how);
  if (!lines) return null;
  const select = pointerOf(list, index, name);
  const eol = eolOf(text);
  const done = (change: Change): Edit | null =>
    meant(text, { changes: [change], select }, (definition) => {
      const items = itemsAt(definition, list.pointer);
      items[index] = { [name]: bodyAround(wrapper, items[index]) };
    });
  if (extents.style === 'block') {
    const from = lineStart(text, extent.from);
    return done({ from, to: extent.to, insert: shifted(lines, extents.column).join(eol) });
  }
  const own = indentOf(text.slice(lineStart(text, extent.item)));
  const [first = '', ...rest] = lines;
  const from = extents.isByLines ? extent.from : extent.item;
  const lead = extents.isByLines && from < extent.item ? ' '.repeat(own) : '';
  const insert = lead + [first, ...shifted(rest, own)].join(eol);
  return done({ from, to: extent.itemEnd, insert });
}

/** A name that no other task of the list has: `charge`, `charge-2`. */
export function freeName(list: TaskList, wished: string): string {
  const taken = new Set(list.tasks.map(({ name }) => name));
  if (!taken.has(wished)) return wished;
  const stem = wished.replace(/-\d+$/, '');
  for (let number = 2; ; number += 1) if (!taken.has(`${stem}-${number}`)) return `${stem}-${number}`;
}

/** The list that a task stands in, and its place there. */
export function placeOf(tree: TaskList, pointer: string): Place | null {
  for (const [index, task] of tree.tasks.entries()) {
    if (task.pointer === pointer) return { list: tree, index };
    if (!pointer.startsWith(`${task.pointer}/`)) continue;
    for (const list of task.lists) {
      const found = placeOf(list, pointer);
      if (found) return found;
    }
  }
  return null;
}

function takenFrom(text: string, { list, index }: Place): Piece | null {
  const extents = extentsOf(text, list);
  const extent = extents?.items[index];
  return extents && extent ? pieceOf(text, extents, extent) : null;
}

function newPiece(text: string, list: TaskList, name: string, body: unknown, how: Style): Piece {
  const extents = extentsOf(text, list);
  const isFlow = extents?.style === 'flow' && extents.items.length > 0;
  return pieceOfTask(name, body, isFlow ? 'flow' : 'block', extents?.isByLines ?? false, how);
}

const INNER = 'patchbay-inner-task';

function bodyAround(wrapper: Wrapper, task: unknown = { [INNER]: null }): unknown {
  const inner = [task];
  if (wrapper === 'try') return { try: inner, catch: {} };
  if (wrapper === 'for') return { for: { each: 'item', in: '.items' }, do: inner };
  return wrapper === 'fork' ? { fork: { branches: inner } } : { do: inner };
}

/** The outer task's lines, the inner one's in the place that is left for it. */
function filled(outer: Piece, inner: Piece, how: Style): string[] | null {
  const at = outer.lines.findIndex((line) => line.includes(INNER));
  const line = outer.lines[at];
  if (line === undefined) return null;
  if (outer.style === 'block')
    return [...outer.lines.slice(0, at), ...shifted(asBlock(inner), indentOf(line)), ...outer.lines.slice(at + 1)];
  const flow = asFlow(inner, how);
  if (!flow) return null;
  const { comments, lines } = flow;
  const [first = '', ...rest] = lines;
  const about = comments.length > 0 ? ['', ...comments, ''] : [];
  const isOneLine = line.trimStart().startsWith(`"${INNER}"`) === false;
  if (!isOneLine) {
    // { ⏎ "inner": null ⏎ }
    const column = indentOf(outer.lines[at - 1] ?? '');
    const between = shifted([...comments, first, ...rest], column);
    return [...outer.lines.slice(0, at - 1), ...between, ...outer.lines.slice(at + 2)];
  }
  const place = new RegExp(`\\{\\s*"?${INNER}"?:\\s*null\\s*\\}`);
  const [before = '', after = ''] = line.split(place);
  const body = about.length > 0 ? [`${before}${about[0]}`, ...comments, first] : [before + first];
  const all = [...body, ...rest];
  const last = all.pop() ?? '';
  return [...outer.lines.slice(0, at), ...all, last + after, ...outer.lines.slice(at + 1)];
}

export function pointerOf(list: TaskList, index: number, name: string): string {
  return `${list.pointer}/${index}/${pointerStep(name)}`;
}

/** The place of a task whose leaving or coming has moved what stands behind it, and what that holds. */
function movedPointer(from: Place, to: Place, pointer: string): string {
  if (from.list.pointer === to.list.pointer) return pointer;
  const prefix = `${from.list.pointer}/`;
  if (!pointer.startsWith(prefix)) return pointer;
  const [step = '', ...rest] = pointer.slice(prefix.length).split('/');
  const number = Number(step);
  return number > from.index ? [from.list.pointer, number - 1, ...rest].join('/') : pointer;
}

function commentsIn(text: string): number {
  return text.match(/(?:^|\s)#/gm)?.length ?? 0;
}

/** In order; null when they overlap. What comes behind the last line of what goes with its line break comes in its place. */
function joined(text: string, out: readonly Change[], into: readonly Change[]): Change[] | null {
  const eol = eolOf(text);
  const put = into.map((change) => {
    const around = out.find(({ from, to }) => from < change.to && change.to <= to && !text.startsWith(eol, from));
    if (!around || change.from !== change.to || !change.insert.startsWith(eol)) return change;
    return { from: around.to, to: around.to, insert: change.insert.slice(eol.length) + eol };
  });
  const sorted = [...out, ...put].sort((one, other) => one.from - other.from || one.to - other.to);
  const isApart = sorted.every((change, index) => index === 0 || (sorted[index - 1]?.to ?? 0) <= change.from);
  return isApart ? sorted : null;
}
