// Destructuring patterns after `as`, with their `?//` alternatives.
import { describeValue } from '../json.ts';
import type { Ast, Pattern } from '../syntax.ts';
import { type Cursor, expectOp, next, peek, syntaxError, takeOp, unexpected } from './cursor.ts';
import { parseStringToken } from './text.ts';

export function parsePatterns(cursor: Cursor): Pattern[] {
  const patterns = [parsePattern(cursor)];
  while (takeOp(cursor, '?//')) patterns.push(parsePattern(cursor));
  return patterns;
}

function parsePattern(cursor: Cursor): Pattern {
  if (peek(cursor).kind === 'var') return { t: 'var', name: next(cursor).text };
  if (takeOp(cursor, '[')) {
    const items: Pattern[] = [];
    do items.push(parsePattern(cursor));
    while (takeOp(cursor, ','));
    expectOp(cursor, ']');
    return { t: 'array', items };
  }
  if (!takeOp(cursor, '{')) throw unexpected(cursor, "a pattern: '$name', '[' or '{'");
  const entries: (Pattern & { t: 'object' })['entries'] = [];
  do entries.push(parseEntry(cursor));
  while (takeOp(cursor, ','));
  expectOp(cursor, '}');
  return { t: 'object', entries };
}

function parseEntry(cursor: Cursor): (Pattern & { t: 'object' })['entries'][number] {
  const token = peek(cursor);
  if (token.kind === 'var') {
    next(cursor);
    const key: Ast = { t: 'literal', value: token.text };
    return { bind: token.text, key, value: takeOp(cursor, ':') ? parsePattern(cursor) : null };
  }
  const key = parseKey(cursor);
  expectOp(cursor, ':');
  return { bind: null, key, value: parsePattern(cursor) };
}

function parseKey(cursor: Cursor): Ast {
  const token = peek(cursor);
  if (token.kind === 'word') return { t: 'literal', value: next(cursor).text };
  if (token.kind === 'string') return parseStringToken(cursor, next(cursor), null);
  if (!takeOp(cursor, '(')) throw unexpected(cursor, 'a key');
  const key = cursor.parsePipe(cursor);
  if (key.t === 'literal' && typeof key.value !== 'string') {
    throw syntaxError(cursor, `Cannot use ${describeValue(key.value)} as object key`, token.at);
  }
  expectOp(cursor, ')');
  return key;
}
