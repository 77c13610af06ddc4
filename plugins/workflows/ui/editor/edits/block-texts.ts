/** Texts in blocks, which may count the empty lines behind them (`|+`): no edit may leave them a line that was not theirs. */
import { Lexer } from 'yaml';
import { BLOCK, type Change, isBlank, lineEnd, lineStart, nextLine } from './text.ts';

/** What the lexer writes before a scalar. */
const SCALAR = '\u001F';

/**
 * Whether empty lines that come behind this text, which ends with a line, would count in its last value: all of them where
 * they are kept, and any that are deeper than the text of a block.
 */
export function takesLines(text: string, empty: string): boolean {
  // A look at the text is much cheaper than reading it.
  if (!BLOCK.test(text)) return false;
  const tokens = [...new Lexer().lex(text)];
  if (tokens.at(-2) !== SCALAR) return false;
  const header = tokens.slice(0, -2).findLast((token) => !/^\s|^#/.test(token)) ?? '';
  return /^[|>]/.test(header) && (header.includes('+') || /[ \t]/.test(empty));
}

/** Behind the empty lines that begin at a place, where the text above would take them for its own; else the place. */
export function pastTaken(text: string, above: string, place: number): number {
  const past = pastEmptyLines(text, place);
  return takesLines(above, text.slice(place, past)) ? past : place;
}

/** Where what lines come in place of ends, with the empty lines behind it that they would take for their own. */
export function endBefore(text: string, lines: string, end: number): number {
  const next = nextLine(text, end);
  const past = pastTaken(text, `${lines}\n`, next);
  return past === next ? end : lineEnd(text, lineStart(text, past - 1));
}

/** Behind the empty lines that begin at a place. */
export function pastEmptyLines(text: string, start: number): number {
  let at = start;
  while (at < text.length && isBlank(text.slice(at, lineEnd(text, at)))) at = nextLine(text, at);
  return at;
}

/**
 * Takes lines away, with the line break behind them; at the end of the text, with the one before. The empty lines behind
 * them go too when the text above would take them for its own.
 */
export function withoutLines(text: string, from: number, to: number): Change {
  const next = nextLine(text, to);
  const [above, past] = [text.slice(0, from), pastEmptyLines(text, next)];
  if (takesLines(above, text.slice(next, past))) return { from, to: past, insert: '' };
  const isEnd = next === text.length && !text.endsWith('\n');
  if (!isEnd || from === 0) return { from, to: next, insert: '' };
  return { from: lineEnd(text, lineStart(text, from - 1)), to: next, insert: '' };
}
