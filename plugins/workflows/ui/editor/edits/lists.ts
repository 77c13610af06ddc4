/** Items into lists of tasks and out of them. */
import type { TaskList } from '../../graph/tasks.ts';
import { pastEmptyLines, takesLines, withoutLines } from './block-texts.ts';
import { commaBehind, type Extents, extentsOf } from './extents.ts';
import { asBlock, asFlow, type Piece } from './pieces.ts';
import { type Change, eolOf, indentOf, lineEnd, lineStart, nextLine, shifted } from './text.ts';
import type { Style } from './write.ts';

/** What puts a piece before the item at `index`, or behind the last; null where people have to do it. */
export function inserted(text: string, list: TaskList, index: number, piece: Piece, how: Style): Change[] | null {
  const extents = extentsOf(text, list);
  if (!extents) return null;
  if (extents.items.length === 0) return intoEmpty(text, list, piece, how);
  return extents.style === 'block'
    ? intoBlock(text, extents, index, piece)
    : intoFlow(text, extents, index, piece, how);
}

/** What takes the item at `index` away, its comments with it; the last of a list leaves `[]`. */
export function removed(text: string, list: TaskList, index: number): Change[] | null {
  const extents = extentsOf(text, list);
  const item = extents?.items[index];
  if (!extents || !item || !list.range) return null;
  if (extents.items.length === 1) return emptied(text, list.range, extents);
  if (!extents.isByLines) return [withoutBraces(extents, index)];
  const from = lineStart(text, item.from);
  const isLast = index === extents.items.length - 1;
  if (!isLast || extents.style === 'block') return [withoutLines(text, from, item.to)];
  const former = extents.items[index - 1];
  if (!former) return null;
  const comma = text.indexOf(',', former.itemEnd);
  const line = withoutLines(text, from, item.to);
  return isLineEmptyBehind(text, item.to)
    ? [{ from: comma, to: comma + 1, insert: '' }, line]
    : [{ from: former.itemEnd, to: item.to, insert: '' }];
}

function intoBlock(text: string, { items, column }: Extents, index: number, piece: Piece): Change[] | null {
  const eol = eolOf(text);
  const lines = shifted(asBlock(piece), column).join(eol);
  const before = items[index];
  if (before) return [at(lineStart(text, before.from), lines + eol)];
  const last = items.at(-1);
  if (!last) return null;
  const next = nextLine(text, last.to);
  const past = pastEmptyLines(text, next);
  if (!takesLines(lines + eol, text.slice(next, past))) return [at(last.to, eol + lines)];
  // Behind the empty lines, which would count in it, and with its own line break, which does.
  return [at(past, (text[past - 1] === '\n' ? '' : eol) + lines + eol)];
}

function intoFlow(text: string, extents: Extents, index: number, piece: Piece, how: Style): Change[] | null {
  const { items, column, isByLines } = extents;
  const flow = asFlow(piece, how);
  if (!flow) return null;
  const { comments, lines } = flow;
  const eol = eolOf(text);
  const before = items[index];
  const last = items.at(-1);
  if (!last) return null;
  if (!isByLines) {
    // Deeper than the key that the line begins with, as text between brackets has to be.
    const line = text.slice(lineStart(text, last.item), lineEnd(text, last.item));
    const own = (/^\s*(?:-\s+)*/.exec(line)?.[0].length ?? 0) + how.unit;
    const [first = '', ...rest] = lines;
    const body = [first, ...shifted(rest, own)].join(eol);
    const gap = eol + ' '.repeat(own);
    const about = comments.length > 0 ? `${gap}${comments.join(gap)}${gap}` : '';
    return before ? [at(before.item, `${about}${body}, `)] : [at(last.itemEnd, `, ${about}${body}`)];
  }
  const body = shifted([...comments, ...lines], column).join(eol);
  if (before) return [at(lineStart(text, before.from), `${body},${eol}`)];
  const hasComma = commaBehind(text, last.itemEnd) !== null;
  const behind = at(Math.max(last.to, last.itemEnd), eol + body);
  return hasComma ? [behind] : [at(last.itemEnd, ','), behind];
}

/** Into `[]`, or into a list that is not written yet: `do:` with nothing behind it. */
function intoEmpty(text: string, list: TaskList, piece: Piece, how: Style): Change[] | null {
  if (!list.range || text[list.range.from] !== '[') return null;
  const eol = eolOf(text);
  const line = text.slice(lineStart(text, list.range.from), list.range.from);
  const own = indentOf(line);
  const key = /^(\s*(?:-\s+)*)[^{[]*:\s*$/.exec(line);
  const isAlone = /^[ \t]*(#.*)?$/.test(text.slice(list.range.to, lineEnd(text, list.range.to)));
  if (how.isJson || !key || !isAlone) {
    const flow = asFlow(piece, how);
    if (!flow) return null;
    const { comments, lines } = flow;
    const body = shifted([...comments, ...lines], own + how.unit).join(eol);
    if (lines.length === 1 && comments.length === 0)
      return [{ ...list.range, insert: `[${how.isJson ? '' : ' '}${lines[0]}${how.isJson ? '' : ' '}]` }];
    return [{ ...list.range, insert: `[${eol}${body}${eol}${' '.repeat(own)}]` }];
  }
  const column = (key[1]?.length ?? own) + (how.areListsIndented ? how.unit : 0);
  const end = lineEnd(text, list.range.to);
  const spaces = line.length - line.trimEnd().length;
  const comment = text.slice(list.range.to, end);
  const start = list.range.from - spaces;
  return [{ from: start, to: end, insert: `${comment}${eol}${shifted(asBlock(piece), column).join(eol)}` }];
}

function emptied(text: string, range: { from: number; to: number }, { style, items }: Extents): Change[] {
  if (style === 'flow') return [{ from: range.from, to: range.to, insert: '[]' }];
  const [item] = items;
  const from = lineStart(text, item?.from ?? range.from);
  // Behind the colon of the key, before a comment in its line.
  let above = lineStart(text, Math.max(0, from - 1));
  while (above > 0 && /^\s*(#.*)?$/.test(text.slice(above, lineEnd(text, above)))) above = lineStart(text, above - 1);
  const line = text.slice(above, lineEnd(text, above));
  const colon = above + (/^.*?:(?=\s*(?:#.*)?$)/.exec(line)?.[0].length ?? line.length);
  return [at(colon, ' []'), withoutLines(text, from, item?.to ?? range.to)];
}

function withoutBraces({ items }: Extents, index: number): Change {
  const [item, next, former] = [items[index], items[index + 1], items[index - 1]];
  if (item && next) return { from: item.item, to: next.item, insert: '' };
  return { from: former?.itemEnd ?? 0, to: item?.itemEnd ?? 0, insert: '' };
}

function isLineEmptyBehind(text: string, to: number): boolean {
  return text.slice(to, lineEnd(text, to)).trim() === '';
}

function at(place: number, insert: string): Change {
  return { from: place, to: place, insert };
}
