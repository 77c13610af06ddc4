/** Changes of a text, and its lines: what every edit is made of. */

/** A key or a dash whose text stands in the lines below, and one that counts the empty lines behind it. */
export const BLOCK = /[|>][-+\d]*[ \t]*(?:#.*)?$/m;
const KEEPING = /[|>]\d?\+\d?[ \t]*(?:#.*)?$/m;

/** In places of the text as it was before; those of one edit do not overlap. */
export interface Change {
  from: number;
  to: number;
  insert: string;
}

/** What was done to the text by one act. */
export interface Edit {
  changes: readonly Change[];
  /** The task to choose afterwards. */
  select: string | null;
}

export function applied(text: string, changes: readonly Change[]): string {
  let result = '';
  let at = 0;
  for (const { from, to, insert } of [...changes].sort((one, other) => one.from - other.from || one.to - other.to)) {
    result += text.slice(at, from) + insert;
    at = to;
  }
  return result + text.slice(at);
}

/** The shortest single change that makes `before` into `after`. */
export function difference(before: string, after: string): Change | null {
  if (before === after) return null;
  const shorter = Math.min(before.length, after.length);
  let from = 0;
  while (from < shorter && before[from] === after[from]) from += 1;
  let same = 0;
  while (same < shorter - from && before[before.length - 1 - same] === after[after.length - 1 - same]) same += 1;
  return { from, to: before.length - same, insert: after.slice(from, after.length - same) };
}

export function eolOf(text: string): string {
  return text.includes('\r\n') ? '\r\n' : '\n';
}

export function lineStart(text: string, at: number): number {
  return at <= 0 ? 0 : text.lastIndexOf('\n', at - 1) + 1;
}

/** Where the letters of a line end, before its line break. */
export function lineEnd(text: string, at: number): number {
  const found = text.indexOf('\n', at);
  const end = found === -1 ? text.length : found;
  return end > at && text[end - 1] === '\r' ? end - 1 : end;
}

/** Where the next line begins; the length of the text after the last one. */
export function nextLine(text: string, at: number): number {
  const found = text.indexOf('\n', at);
  return found === -1 ? text.length : found + 1;
}

export function columnOf(text: string, at: number): number {
  return at - lineStart(text, at);
}

/** How many spaces a line begins with. */
export function indentOf(line: string): number {
  return line.length - line.trimStart().length;
}

export function isBlank(line: string): boolean {
  return line.trim() === '';
}

export function isComment(line: string): boolean {
  return line.trimStart().startsWith('#');
}

export function linesOf(text: string): string[] {
  return text.split(/\r?\n/);
}

/** Lines moved to the right, or to the left as far as they can be; empty ones stay empty, spaces may count in a text. */
export function shifted(lines: readonly string[], by: number): string[] {
  return lines.map((line) => {
    if (line === '') return line;
    return by >= 0 ? ' '.repeat(by) + line : line.slice(Math.min(-by, indentOf(line)));
  });
}

/** By how many spaces this text goes in; 2 when it does not say. */
export function unitOf(text: string): number {
  const nested = /^[^\s#-][^\n]*:[ \t]*(?:#[^\n]*)?\r?\n(?:[ \t]*(?:#[^\n]*)?\r?\n)*( +)[^\s#-]/m.exec(text);
  const json = /^\s*[{[][ \t]*\r?\n( +)/.exec(text);
  const unit = (json ?? nested)?.[1]?.length ?? 2;
  return unit <= 8 ? unit : 2;
}

/** Whether lists lie deeper than the key that they belong to. */
export function areListsIndented(text: string): boolean {
  const list = /^( *)[^\s#-][^\n]*:[ \t]*(?:#[^\n]*)?\r?\n(?:[ \t]*(?:#[^\n]*)?\r?\n)*( *)- /m.exec(text);
  return list !== null && (list[2] ?? '').length > (list[1] ?? '').length;
}

/** JSON has quotes around every name, and no comments. */
export function isJson(text: string): boolean {
  return /^\s*\{\s*("|\}\s*$)/.test(text);
}

/**
 * Where what begins at `start` ends: `to`, without the empty lines and the comments behind it that are no deeper than
 * `column`, as far as the end of its last line with `wholeLines`, and with the deeper comments after it.
 */
export function contentEnd(text: string, start: number, past: number, column: number, wholeLines: boolean): number {
  // While somebody writes, places may be those of a text that is longer by a moment.
  const to = Math.min(past, text.length);
  let end = start;
  let at = start;
  while (at < to) {
    const stop = Math.min(lineEnd(text, at), to);
    const line = text.slice(lineStart(text, at), stop);
    const isFirst = at === start;
    if (isFirst || !(isBlank(line) || (isComment(line) && indentOf(line) <= column))) end = stop;
    at = nextLine(text, at);
  }
  const written = text.slice(start, end);
  if (BLOCK.test(written)) end = blockEnd(text, end, to, KEEPING.test(written));
  if (!wholeLines) return start + trimmedLength(text.slice(start, end));
  end = lineEnd(text, end);
  for (at = nextLine(text, end); at < text.length; at = nextLine(text, at)) {
    const line = text.slice(at, lineEnd(text, at));
    if (isComment(line) && indentOf(line) > column) end = lineEnd(text, at);
    else if (!isBlank(line)) break;
  }
  return end;
}

/** With the empty lines behind a block that count in it: all of them where they are kept, else those that may be deeper. */
function blockEnd(text: string, start: number, to: number, isKept: boolean): number {
  let end = start;
  for (let at = nextLine(text, start); at < to; at = nextLine(text, at)) {
    const line = text.slice(at, lineEnd(text, at));
    if (!isBlank(line)) break;
    if (isKept || line !== '') end = lineEnd(text, at);
  }
  return end;
}

function trimmedLength(text: string): number {
  return text.trimEnd().length;
}
