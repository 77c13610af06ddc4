/** Pairs of maps and items of lists put in and taken out, in block style and between brackets. */
import { isNode, isPair, type YAMLMap, type YAMLSeq } from 'yaml';
import { endBefore, withoutLines } from './block-texts.ts';
import { commaBehind } from './extents.ts';
import {
  type Change,
  columnOf,
  contentEnd,
  indentOf,
  isBlank,
  isComment,
  lineEnd,
  lineStart,
  shifted,
} from './text.ts';
import { blockLines, inlineText, jsonLines, type Style } from './write.ts';

interface Part {
  from: number;
  to: number;
}

export function removedItem(text: string, parent: YAMLMap | YAMLSeq, index: number): Change[] | null {
  const parts = parent.items.map((item) => partOf(item));
  const [part, next, former] = [parts[index], parts[index + 1], parts[index - 1]];
  if (!part) return null;
  if (parent.flow) {
    if (next) return [{ from: part.from, to: next.from, insert: '' }];
    return former ? [{ from: former.to, to: part.to, insert: '' }] : null;
  }
  const from = parent.items.length > 0 ? startOf(text, part.from) : part.from;
  const column = columnOf(text, from);
  const isFirstOfLine = isBlank(text.slice(lineStart(text, from), from));
  const to = contentEnd(text, from, Math.max(part.to, part.from), column, true);
  if (isFirstOfLine) {
    const start =
      former || isAlone(text, from) ? commentsAbove(text, lineStart(text, from), column) : lineStart(text, from);
    return [withoutLines(text, start, to)];
  }
  // The first of a map behind a dash: the next one takes its place in that line.
  return next ? [{ from, to: startOf(text, next.from), insert: '' }] : null;

  /** The dash of an item of a list, the key of a pair. */
  function startOf(own: string, at: number): number {
    if ('add' in parent && parent.items.some(isPair)) return at;
    const line = lineStart(own, at);
    const dash = own.slice(line, at).lastIndexOf('-');
    return dash === -1 ? at : line + dash;
  }
}

/** A pair (`{ key: value }`) or an item (`[value]`) before the one at `index`, or behind the last. */
export function insertedItem(
  text: string,
  parent: YAMLMap | YAMLSeq,
  index: number,
  whole: unknown,
  how: Style,
): Change[] | null {
  const parts = parent.items.map((item) => partOf(item));
  const [before, last] = [parts[index], parts.at(-1)];
  if (!last) return null;
  const { eol } = how;
  if (parent.flow) {
    const isByLines = isBlank(text.slice(lineStart(text, last.from), last.from));
    const column = columnOf(text, last.from);
    const own = isByLines && how.isJson ? shifted(insideOf(jsonLines(whole, how), how.unit), column).join(eol) : '';
    const inline = inlineText(whole, how).slice(1, -1).trim();
    const written = own === '' ? inline : own.trimStart();
    const gap = isByLines ? eol + ' '.repeat(column) : ' ';
    if (before) return [{ from: before.from, to: before.from, insert: `${written},${gap}` }];
    const end = contentEnd(text, last.from, last.to, -1, false);
    const comma = commaBehind(text, end);
    if (comma !== null) {
      const behind = isByLines ? lineEnd(text, comma) : comma + 1;
      return [{ from: behind, to: behind, insert: `${gap}${written}${isByLines ? ',' : ''}` }];
    }
    if (!isByLines) return [{ from: end, to: end, insert: `,${gap}${written}` }];
    const rest = text.slice(end, lineEnd(text, end));
    if (!rest.trim().startsWith('#')) return [{ from: end, to: end, insert: `,${gap}${written}` }];
    return [
      { from: end, to: end, insert: ',' },
      { from: lineEnd(text, end), to: lineEnd(text, end), insert: gap + written },
    ];
  }
  const isList = Array.isArray(whole);
  const column = isList
    ? text.slice(lineStart(text, last.from), last.from).lastIndexOf('-')
    : columnOf(text, last.from);
  if (column < 0) return null;
  const lines = shifted(blockLines(whole, how), column);
  if (before) {
    const line = lineStart(text, before.from);
    return [{ from: line, to: line, insert: lines.join(eol) + eol }];
  }
  const end = contentEnd(text, last.from, Math.max(last.to, last.from), column, true);
  const insert = lines.join(eol);
  return [{ from: end, to: endBefore(text, insert, end), insert: eol + insert }];
}

/** The lines between the brackets of JSON, from column 0. */
function insideOf(lines: readonly string[], unit: number): string[] {
  return shifted(lines.slice(1, -1), -unit);
}

function partOf(item: unknown): Part | null {
  if (isPair(item)) {
    const first = isNode(item.key) ? item.key.range : null;
    const value = isNode(item.value) ? item.value.range : null;
    return first ? { from: first[0], to: Math.max(first[1], value?.[1] ?? 0) } : null;
  }
  const range = isNode(item) ? item.range : null;
  return range ? { from: range[0], to: range[1] } : null;
}

/** Whether a comment above is about this one, and not about what holds it: it has an empty line or a key above. */
function isAlone(text: string, from: number): boolean {
  const above = lineStart(text, Math.max(0, lineStart(text, from) - 1));
  return isComment(text.slice(above, lineEnd(text, above)));
}

function commentsAbove(text: string, start: number, column: number): number {
  let from = start;
  while (from > 0) {
    const above = lineStart(text, from - 1);
    const line = text.slice(above, lineEnd(text, above));
    if (!isComment(line) || indentOf(line) !== column) break;
    from = above;
  }
  return from;
}
