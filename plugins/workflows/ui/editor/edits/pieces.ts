/** A task taken out of a text, with its comments, and put in elsewhere: deeper or less deep, between brackets or not. */
import { isCollection, isMap, isSeq, parseDocument, visit } from 'yaml';
import { hasAnchors } from './anchors.ts';
import type { Extent, Extents } from './extents.ts';
import { columnOf, indentOf, isBlank, lineEnd, lineStart, linesOf, shifted } from './text.ts';
import { blockLines, inlineText, jsonLines, type Style } from './write.ts';

/** From column 0. */
export interface Piece {
  style: 'block' | 'flow';
  comments: readonly string[];
  /** With the dash in block style, the braces alone between brackets. */
  lines: readonly string[];
}

export function pieceOf(text: string, { style, column }: Extents, { from, to, item, itemEnd }: Extent): Piece {
  const above = lineStart(text, item);
  const comments = from < above ? linesOf(text.slice(from, above)).slice(0, -1) : [];
  if (style === 'block') {
    const lines = linesOf(text.slice(above, to));
    return {
      style,
      comments: withoutIndent(comments),
      lines: [lines[0]?.slice(column) ?? '', ...shifted(lines.slice(1), -column)],
    };
  }
  const own = columnOf(text, item);
  const start = indentOf(text.slice(above, lineEnd(text, item)));
  const [first = '', ...rest] = linesOf(text.slice(item, itemEnd));
  // What stands behind the comma in the same line is about the item.
  const behind = /#.*$/m.exec(text.slice(itemEnd, to))?.[0];
  const said = [...withoutIndent(comments), ...(behind ? [behind] : [])];
  return { style, comments: said, lines: [first, ...shifted(rest, -Math.min(own, start))] };
}

/** A new task. */
export function pieceOfTask(
  name: string,
  body: unknown,
  style: Extents['style'],
  isByLines: boolean,
  how: Style,
): Piece {
  const value = { [name]: body };
  if (style === 'block' && !how.isJson) return { style, comments: [], lines: blockLines([value], { ...how }) };
  if (how.isJson && isByLines) return { style: 'flow', comments: [], lines: jsonLines(value, how) };
  return { style: 'flow', comments: [], lines: [inlineText(value, how)] };
}

/** Lines in block style, the dash at column 0. */
export function asBlock({ style, comments, lines }: Piece): string[] {
  if (style === 'block') return [...comments, ...lines];
  const [first = '', ...rest] = lines;
  return [...comments, `- ${first}`, ...shifted(rest, 2)];
}

/** Lines between brackets, and the comments above them; null for what uses values that are written elsewhere. */
export function asFlow(piece: Piece, how: Style): Pick<Piece, 'comments' | 'lines'> | null {
  if (piece.style === 'flow') return piece;
  if (hasAnchors(piece.lines.join('\n'))) return null;
  const document = parseDocument(piece.lines.join('\n'));
  const item = isSeq(document.contents) ? document.contents.items[0] : null;
  if (how.isJson || !isMap(item)) {
    const [value] = document.toJS() as unknown[];
    return { comments: [], lines: [inlineText(value, how)] };
  }
  visit(document, (_key, node) => {
    if (isCollection(node)) node.flow = true;
  });
  const [first = '', ...rest] = linesOf(document.toString({ lineWidth: 0, blockQuote: false }).trim());
  const text = [first.replace(/^\[\s*/, ''), ...rest].join('\n').replace(/\s*\]$/, '');
  return { comments: piece.comments, lines: linesOf(text).filter((line) => !isBlank(line)) };
}

/**
 * The same task under another name, which stands in its first line, or below a dash or a brace that stands alone. Null
 * when the name cannot be told.
 */
export function renamed(piece: Piece, name: string, how: Style): Piece | null {
  const at = piece.lines.findIndex((one) => !/^\s*(?:-\s*)?\{?\s*(?:#.*)?$/.test(one));
  const line = piece.lines[at];
  if (line === undefined) return null;
  const before = /^\s*(?:-\s+)?(?:\{\s*)?/.exec(line)?.[0] ?? '';
  const key = keyAt(line.slice(before.length));
  if (key === null) return null;
  const rest = line.slice(before.length + key.length);
  return { ...piece, lines: piece.lines.with(at, before + inlineText(name, how) + rest) };
}

/** The key that a text begins with, as it is written; null for one with an anchor, a tag or a question mark before it. */
export function keyAt(text: string): string | null {
  return KEY.exec(text)?.[0] ?? null;
}

/** A plain one may hold colons: it ends at the first that has a space behind it. */
const KEY =
  /^(?:"(?:[^"\\]|\\.)*"(?=\s*:)|'(?:[^']|'')*'(?=\s*:)|(?![?-]\s)[^\s'"{}[\],&*!|>%@`#][^\n]*?(?=\s*:(?:\s|$)))/;

function withoutIndent(lines: readonly string[]): string[] {
  return lines.map((line) => line.trimStart());
}
