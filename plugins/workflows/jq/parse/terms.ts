// Terms and what may follow them: fields, brackets, `?`; objects, `if`, `reduce`, `foreach`, calls.
import type { Ast, Binding } from '../syntax.ts';
import {
  type Cursor,
  expectOp,
  expectVar,
  expectWord,
  isOp,
  isWord,
  next,
  peek,
  syntaxError,
  takeOp,
  takeWord,
  unexpected,
} from './cursor.ts';
import { parseObject } from './objects.ts';
import { parsePatterns } from './patterns.ts';
import { parseStringToken } from './text.ts';

const RESERVED = new Set(
  'def module import include if then else elif end as reduce foreach try catch label and or __loc__'.split(' '),
);

export function parsePostfix(cursor: Cursor): Ast {
  let term = parseTerm(cursor);
  while (true) {
    const token = peek(cursor);
    if (token.kind === 'field') {
      next(cursor);
      term = { t: 'index', target: term, key: { t: 'literal', value: token.text } };
    } else if (isOp(cursor, '.') && peek(cursor, 1).kind === 'string') {
      next(cursor);
      term = { t: 'index', target: term, key: parseStringToken(cursor, next(cursor), null) };
    } else if (isOp(cursor, '.') && isOp(cursor, '[', 1)) {
      next(cursor);
      next(cursor);
      term = parseBracket(cursor, term);
    } else if (takeOp(cursor, '[')) {
      term = parseBracket(cursor, term);
    } else if (takeOp(cursor, '?')) {
      term = { t: 'try', body: term, handler: null };
    } else return term;
  }
}

function parseBracket(cursor: Cursor, target: Ast): Ast {
  if (takeOp(cursor, ']')) return { t: 'iterate', target };
  if (takeOp(cursor, ':')) {
    const to = cursor.parsePipe(cursor);
    expectOp(cursor, ']');
    return { t: 'slice', target, from: null, to };
  }
  const key = cursor.parsePipe(cursor);
  if (takeOp(cursor, ':')) {
    const to = isOp(cursor, ']') ? null : cursor.parsePipe(cursor);
    expectOp(cursor, ']');
    return { t: 'slice', target, from: key, to };
  }
  expectOp(cursor, ']');
  return { t: 'index', target, key };
}

function parseTerm(cursor: Cursor): Ast {
  const token = peek(cursor);
  switch (token.kind) {
    case 'number':
      next(cursor);
      return { t: 'literal', value: Number(token.text) };
    case 'string':
      return parseStringToken(cursor, next(cursor), null);
    case 'format':
      next(cursor);
      if (peek(cursor).kind === 'string') return parseStringToken(cursor, next(cursor), token.text);
      return { t: 'format', name: token.text, at: token.at };
    case 'field':
      next(cursor);
      return { t: 'index', target: { t: 'identity' }, key: { t: 'literal', value: token.text } };
    case 'var':
      next(cursor);
      return token.text === '__loc__' ? location(cursor, token.at) : { t: 'var', name: token.text, at: token.at };
    case 'op':
      return parseSymbol(cursor);
    case 'word':
      return parseWord(cursor);
    default:
      throw unexpected(cursor, 'an expression');
  }
}

function location(cursor: Cursor, at: number): Ast {
  const line = cursor.source.slice(0, at).split('\n').length;
  const entry = (key: string, value: string | number) => ({
    key: { t: 'literal', value: key } as const,
    value: { t: 'literal', value } as const,
  });
  return { t: 'object', entries: [entry('file', '<top-level>'), entry('line', line)] };
}

function parseSymbol(cursor: Cursor): Ast {
  if (takeOp(cursor, '..')) return { t: 'descend' };
  if (takeOp(cursor, '.')) {
    if (peek(cursor).kind !== 'string') return { t: 'identity' };
    return { t: 'index', target: { t: 'identity' }, key: parseStringToken(cursor, next(cursor), null) };
  }
  if (takeOp(cursor, '(')) {
    const inner = cursor.parsePipe(cursor);
    expectOp(cursor, ')');
    return inner;
  }
  if (takeOp(cursor, '[')) {
    if (takeOp(cursor, ']')) return { t: 'array', body: null };
    const body = cursor.parsePipe(cursor);
    expectOp(cursor, ']');
    return { t: 'array', body };
  }
  if (takeOp(cursor, '{')) return parseObject(cursor, location);
  throw unexpected(cursor, 'an expression');
}

function parseWord(cursor: Cursor): Ast {
  const token = next(cursor);
  switch (token.text) {
    case 'if':
      return parseIf(cursor);
    case 'reduce':
      return parseReduce(cursor);
    case 'foreach':
      return parseForeach(cursor);
    case 'true':
      return { t: 'literal', value: true };
    case 'false':
      return { t: 'literal', value: false };
    case 'null':
      return { t: 'literal', value: null };
    case 'break':
      return { t: 'break', name: expectVar(cursor), at: token.at };
  }
  if (RESERVED.has(token.text)) {
    throw syntaxError(cursor, `syntax error: unexpected '${token.text}', expected an expression`, token.at);
  }
  const args: Ast[] = [];
  if (takeOp(cursor, '(')) {
    do args.push(cursor.parsePipe(cursor));
    while (takeOp(cursor, ';'));
    expectOp(cursor, ')');
  }
  return { t: 'call', name: token.text, args, at: token.at };
}

function parseIf(cursor: Cursor): Ast {
  const condition = cursor.parsePipe(cursor);
  expectWord(cursor, 'then');
  const then = cursor.parsePipe(cursor);
  if (takeWord(cursor, 'elif')) return { t: 'if', condition, then, otherwise: parseIf(cursor) };
  const otherwise = isWord(cursor, 'else') && next(cursor) ? cursor.parsePipe(cursor) : null;
  expectWord(cursor, 'end');
  return { t: 'if', condition, then, otherwise };
}

function parseBinding(cursor: Cursor): Binding {
  const source = cursor.parseExpression(cursor);
  expectWord(cursor, 'as');
  return { source, patterns: parsePatterns(cursor) };
}

function parseReduce(cursor: Cursor): Ast {
  const binding = parseBinding(cursor);
  expectOp(cursor, '(');
  const init = cursor.parsePipe(cursor);
  expectOp(cursor, ';');
  const update = cursor.parsePipe(cursor);
  expectOp(cursor, ')');
  return { t: 'reduce', binding, init, update };
}

function parseForeach(cursor: Cursor): Ast {
  const binding = parseBinding(cursor);
  expectOp(cursor, '(');
  const init = cursor.parsePipe(cursor);
  expectOp(cursor, ';');
  const update = cursor.parsePipe(cursor);
  const extract = takeOp(cursor, ';') ? cursor.parsePipe(cursor) : null;
  expectOp(cursor, ')');
  return { t: 'foreach', binding, init, update, extract };
}
