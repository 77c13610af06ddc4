/**
 * Where the items of a list of tasks stand in the text. In block style an item has its lines, with the comment above it and
 * what is deeper below; between brackets it has its braces, and its lines too when each item begins one.
 */
import type { TaskList } from '../../graph/tasks.ts';
import { columnOf, contentEnd, indentOf, isBlank, isComment, lineEnd, lineStart, nextLine } from './text.ts';

export interface Extent {
  /** With the comments above it. */
  from: number;
  to: number;
  /** The dash, or the brace. */
  item: number;
  /** Where the braces end; `to` in block style. */
  itemEnd: number;
}

export interface Extents {
  style: 'block' | 'flow';
  /** Each item begins a line of its own. */
  isByLines: boolean;
  /** Of the dashes, or of the items between brackets. */
  column: number;
  items: readonly Extent[];
}

/** Null where the list is written in a way that is left to people. */
export function extentsOf(text: string, list: TaskList): Extents | null {
  if (!list.range) return null;
  return text[list.range.from] === '['
    ? flowExtents(text, list, list.range.from)
    : blockExtents(text, list, list.range.from);
}

function blockExtents(text: string, list: TaskList, first: number): Extents | null {
  const column = columnOf(text, first);
  const items: Extent[] = [];
  let least = 0;
  for (const { range } of list.tasks) {
    const item = dashBefore(text, range.from, column, least);
    if (item === null) return null;
    const to = contentEnd(text, item, bracesEnd(text, item, range.to), column, true);
    const from = commentsAbove(
      text,
      lineStart(text, item),
      items.length === 0 ? Number.POSITIVE_INFINITY : column,
      least,
    );
    items.push({ from, to, item, itemEnd: to });
    least = to;
  }
  return { style: 'block', isByLines: true, column, items };
}

/** Where an item that is written in braces ends; `to` for others. */
function bracesEnd(text: string, dash: number, to: number): number {
  const close = skipped(text, to);
  return text[skipped(text, dash + 1)] === '{' && text[close] === '}' ? close + 1 : Math.max(to, dash);
}

/** The dash at a column, in the line of the name or in one above it. */
function dashBefore(text: string, name: number, column: number, least: number): number | null {
  for (let line = lineStart(text, name); line >= lineStart(text, least); line = lineStart(text, line - 1)) {
    const isDash = text[line + column] === '-' && isBlank(text.slice(line, line + column));
    if (isDash && line + column < name) return line + column;
    if (line === 0) return null;
  }
  return null;
}

/** Where the comments right above a line begin, as deep as `column` at most. */
function commentsAbove(text: string, start: number, column: number, least: number): number {
  let from = start;
  while (from > least) {
    const above = lineStart(text, from - 1);
    const line = text.slice(above, lineEnd(text, above));
    if (above < least || above === from || !isComment(line) || indentOf(line) > column) break;
    from = above;
  }
  return from;
}

function flowExtents(text: string, list: TaskList, open: number): Extents | null {
  const braces: { from: number; to: number }[] = [];
  let at = open + 1;
  for (const { range } of list.tasks) {
    const from = skipped(text, at);
    if (text[from] !== '{' || from > range.from) return null;
    const close = skipped(text, range.to);
    if (text[close] !== '}') return null;
    at = close + 1;
    braces.push({ from, to: at });
  }
  const isByLines = braces.length > 0 && braces.every(({ from }) => isBlank(text.slice(lineStart(text, from), from)));
  let least = open + 1;
  const items = braces.map(({ from, to }, index): Extent => {
    const lineOf = lineStart(text, from);
    const start = isByLines ? commentsAbove(text, lineOf, Number.POSITIVE_INFINITY, nextLine(text, least)) : from;
    const next = braces[index + 1];
    // The comma, and a comment behind it in the same line, go with the item.
    const end = isByLines && (next || isLineRest(text, to)) ? lineEnd(text, to) : to;
    least = end;
    return { from: start === lineOf ? from : start, to: end, item: from, itemEnd: to };
  });
  return { style: 'flow', isByLines, column: columnOf(text, braces[0]?.from ?? open), items };
}

/** Behind spaces, line breaks, commas and comments. */
function skipped(text: string, at: number): number {
  const found = /^(?:[\s,]|#[^\n]*)*/.exec(text.slice(at, at + 20_000));
  return at + (found?.[0].length ?? 0);
}

/** A comma that stands behind a place, with nothing but comments and line breaks between. */
export function commaBehind(text: string, at: number): number | null {
  const found = /^(?:\s|#[^\n]*)*,/.exec(text.slice(at, skipped(text, at)));
  return found ? at + found[0].length - 1 : null;
}

function isLineRest(text: string, at: number): boolean {
  return /^[ \t]*,?[ \t]*(#.*)?$/.test(text.slice(at, lineEnd(text, at)));
}
