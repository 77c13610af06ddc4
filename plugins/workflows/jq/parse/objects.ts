// Object construction: the many spellings of a key and its value.
import { describeValue } from '../json.ts';
import type { Ast } from '../syntax.ts';
import { type Cursor, expectOp, isOp, next, peek, syntaxError, takeOp, unexpected } from './cursor.ts';
import { parseStringToken } from './text.ts';

interface Entry {
  key: Ast;
  value: Ast;
}

type Locate = (cursor: Cursor, at: number) => Ast;

export function parseObject(cursor: Cursor, locate: Locate): Ast {
  const entries: Entry[] = [];
  if (takeOp(cursor, '}')) return { t: 'object', entries };
  do {
    if (isOp(cursor, '}')) break;
    entries.push(parseEntry(cursor, locate));
  } while (takeOp(cursor, ','));
  expectOp(cursor, '}');
  return { t: 'object', entries };
}

function parseEntry(cursor: Cursor, locate: Locate): Entry {
  const token = peek(cursor);
  if (token.kind === 'var') {
    next(cursor);
    if (token.text === '__loc__') return { key: { t: 'literal', value: '__loc__' }, value: locate(cursor, token.at) };
    const variable: Ast = { t: 'var', name: token.text, at: token.at };
    if (takeOp(cursor, ':')) return { key: variable, value: parseValue(cursor) };
    return { key: { t: 'literal', value: token.text }, value: variable };
  }
  if (takeOp(cursor, '(')) {
    const key = cursor.parsePipe(cursor);
    if (key.t === 'literal' && typeof key.value !== 'string') {
      throw syntaxError(cursor, `Cannot use ${describeValue(key.value)} as object key`, token.at);
    }
    expectOp(cursor, ')');
    expectOp(cursor, ':');
    return { key, value: parseValue(cursor) };
  }
  const key = parseKey(cursor);
  if (takeOp(cursor, ':')) return { key, value: parseValue(cursor) };
  return { key, value: { t: 'index', target: { t: 'identity' }, key } };
}

function parseKey(cursor: Cursor): Ast {
  const token = peek(cursor);
  if (token.kind === 'word') return { t: 'literal', value: next(cursor).text };
  if (token.kind === 'string') return parseStringToken(cursor, next(cursor), null);
  if (token.kind === 'format' && peek(cursor, 1).kind === 'string') {
    next(cursor);
    return parseStringToken(cursor, next(cursor), token.text);
  }
  throw unexpected(cursor, 'an object key');
}

// A value reaches to the next comma or brace; a pipe needs no brackets.
function parseValue(cursor: Cursor): Ast {
  return cursor.parseValue(cursor);
}
