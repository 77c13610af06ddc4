// Expressions: operators by precedence, bindings, definitions. Terms are next door.
import type { AssignOp, Ast, Definition } from '../syntax.ts';
import {
  type Cursor,
  expectOp,
  expectVar,
  expectWord,
  isOp,
  next,
  peek,
  syntaxError,
  takeOp,
  takeWord,
  unexpected,
} from './cursor.ts';
import { tokenize } from './lexer.ts';
import { parsePatterns } from './patterns.ts';
import { parsePostfix } from './terms.ts';

const ASSIGN = new Set(['=', '|=', '+=', '-=', '*=', '/=', '%=', '//=']);
const COMPARE = new Set(['==', '!=', '<', '<=', '>', '>=']);
const MAX_NESTING = 500;

export function parseProgram(source: string): Ast {
  const cursor: Cursor = {
    source,
    tokens: tokenize(source),
    position: 0,
    nesting: 0,
    parsePipe,
    parseValue,
    parseExpression,
  };
  refuseModules(cursor);
  if (peek(cursor).kind === 'end') return { t: 'identity' };
  const program = parsePipe(cursor, true);
  if (peek(cursor).kind !== 'end') throw unexpected(cursor, 'the end of the program');
  return program;
}

/** A list of definitions, as in jq's own library. */
export function parseDefinitions(source: string): Definition[] {
  const cursor: Cursor = {
    source,
    tokens: tokenize(source),
    position: 0,
    nesting: 0,
    parsePipe,
    parseValue,
    parseExpression,
  };
  const found: Definition[] = [];
  while (takeWord(cursor, 'def')) found.push(parseDefinition(cursor));
  if (peek(cursor).kind !== 'end') throw unexpected(cursor, "'def'");
  return found;
}

function refuseModules(cursor: Cursor): void {
  const token = peek(cursor);
  if (token.kind !== 'word' || !['import', 'include', 'module'].includes(token.text)) return;
  throw syntaxError(cursor, `'${token.text}' is not available: programs have no modules`, token.at);
}

function parsePipe(cursor: Cursor, top = false): Ast {
  if (++cursor.nesting > MAX_NESTING) throw syntaxError(cursor, 'nested too deeply', peek(cursor).at);
  const result = parsePipeHere(cursor, top);
  cursor.nesting--;
  return result;
}

function parsePipeHere(cursor: Cursor, top: boolean): Ast {
  if (takeWord(cursor, 'def')) {
    const definition = parseDefinition(cursor);
    // A program of definitions alone passes its input on.
    const rest: Ast = top && peek(cursor).kind === 'end' ? { t: 'identity' } : parsePipe(cursor, top);
    return { t: 'def', definition, rest };
  }
  const parts = [parseComma(cursor)];
  while (takeOp(cursor, '|')) {
    if (peek(cursor).kind === 'word' && peek(cursor).text === 'def') {
      parts.push(parsePipe(cursor));
      break;
    }
    parts.push(parseComma(cursor));
  }
  return parts.reduceRight((right, left) => ({ t: 'pipe', left, right }));
}

function parseDefinition(cursor: Cursor): Definition {
  const name = next(cursor);
  if (name.kind !== 'word') throw syntaxError(cursor, 'syntax error: a definition needs a name', name.at);
  const params: string[] = [];
  if (takeOp(cursor, '(')) {
    do {
      const param = next(cursor);
      if (param.kind !== 'word' && param.kind !== 'var') {
        throw syntaxError(cursor, `syntax error: unexpected '${param.text}', expected a parameter`, param.at);
      }
      params.push(param.kind === 'var' ? `$${param.text}` : param.text);
    } while (takeOp(cursor, ';'));
    expectOp(cursor, ')');
  }
  expectOp(cursor, ':');
  const body = parsePipe(cursor);
  expectOp(cursor, ';');
  return { name: name.text, params, body };
}

function parseComma(cursor: Cursor): Ast {
  let left = parseBound(cursor);
  while (takeOp(cursor, ',')) left = { t: 'comma', left, right: parseBound(cursor) };
  return left;
}

function parseValue(cursor: Cursor): Ast {
  const parts = [parseBound(cursor)];
  while (takeOp(cursor, '|')) parts.push(parseBound(cursor));
  return parts.reduceRight((right, left) => ({ t: 'pipe', left, right }));
}

// `1 + 2 as $x | …` binds the sum; what follows the pipe reaches as far as it can.
function parseBound(cursor: Cursor): Ast {
  const source = parseExpression(cursor);
  if (!takeWord(cursor, 'as')) return source;
  const patterns = parsePatterns(cursor);
  expectOp(cursor, '|');
  return { t: 'as', binding: { source, patterns }, body: parsePipe(cursor) };
}

// `//` binds to the right, and looser than an assignment does.
function parseExpression(cursor: Cursor): Ast {
  const left = parseAssign(cursor);
  if (!takeOp(cursor, '//')) return left;
  return { t: 'alternative', left, right: parseExpression(cursor) };
}

function isAssign(cursor: Cursor): boolean {
  return peek(cursor).kind === 'op' && ASSIGN.has(peek(cursor).text);
}

function parseAssign(cursor: Cursor): Ast {
  const left = parseOr(cursor);
  if (!isAssign(cursor)) return left;
  const op = next(cursor).text as AssignOp;
  const right = parseOr(cursor);
  if (isAssign(cursor)) throw unexpected(cursor, 'the end of the assignment');
  return { t: 'assign', op, left, right };
}

function parseOr(cursor: Cursor): Ast {
  let left = parseAnd(cursor);
  while (takeWord(cursor, 'or')) left = { t: 'or', left, right: parseAnd(cursor) };
  return left;
}

function parseAnd(cursor: Cursor): Ast {
  let left = parseCompare(cursor);
  while (takeWord(cursor, 'and')) left = { t: 'and', left, right: parseCompare(cursor) };
  return left;
}

function isCompare(cursor: Cursor): boolean {
  return peek(cursor).kind === 'op' && COMPARE.has(peek(cursor).text);
}

function parseCompare(cursor: Cursor): Ast {
  const left = parseSum(cursor);
  if (!isCompare(cursor)) return left;
  const op = next(cursor).text;
  const right = parseSum(cursor);
  if (isCompare(cursor)) throw unexpected(cursor, 'no second comparison');
  return { t: 'binary', op, left, right };
}

function parseSum(cursor: Cursor): Ast {
  let left = parseProduct(cursor);
  while (isOp(cursor, '+') || isOp(cursor, '-')) {
    left = { t: 'binary', op: next(cursor).text, left, right: parseProduct(cursor) };
  }
  return left;
}

function parseProduct(cursor: Cursor): Ast {
  let left = parseOperand(cursor);
  while (isOp(cursor, '*') || isOp(cursor, '/') || isOp(cursor, '%')) {
    left = { t: 'binary', op: next(cursor).text, left, right: parseOperand(cursor) };
  }
  return left;
}

function parseOperand(cursor: Cursor): Ast {
  if (takeOp(cursor, '-')) {
    const of = parseProduct(cursor);
    if (of.t === 'literal' && typeof of.value === 'number') return { t: 'literal', value: -of.value };
    return { t: 'negate', of };
  }
  if (peek(cursor).kind === 'word') {
    if (peek(cursor).text === 'def') return parsePipe(cursor);
    if (takeWord(cursor, 'label')) return parseLabel(cursor);
    if (takeWord(cursor, 'try')) return parseTry(cursor);
  }
  return parsePostfix(cursor);
}

function parseLabel(cursor: Cursor): Ast {
  const name = expectVar(cursor);
  expectOp(cursor, '|');
  return { t: 'label', name, body: parsePipe(cursor) };
}

function parseTry(cursor: Cursor): Ast {
  const body = parseTryPart(cursor);
  return { t: 'try', body, handler: takeWord(cursor, 'catch') ? parseTryPart(cursor) : null };
}

function parseTryPart(cursor: Cursor): Ast {
  if (takeOp(cursor, '-')) return { t: 'negate', of: parseTryPart(cursor) };
  if (takeWord(cursor, 'try')) return parseTry(cursor);
  if (peek(cursor).kind === 'word' && peek(cursor).text === 'label') {
    expectWord(cursor, 'label');
    return parseLabel(cursor);
  }
  return parsePostfix(cursor);
}
