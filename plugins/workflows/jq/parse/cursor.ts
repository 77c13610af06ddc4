// A reading position in a list of tokens, with the questions a parser asks of it.
import { JqSyntaxError } from '../errors.ts';
import type { Ast } from '../syntax.ts';
import type { Token } from './lexer.ts';

export interface Cursor {
  readonly source: string;
  readonly tokens: Token[];
  position: number;
  /** how deep the text is nested; deeper than a fixed mark it is refused */
  nesting: number;
  /** the whole-expression parser, handed along so that no file needs to import its importer */
  readonly parsePipe: (cursor: Cursor) => Ast;
  /** the same without the comma, for values in an object */
  readonly parseValue: (cursor: Cursor) => Ast;
  /** operators, but neither pipe nor comma */
  readonly parseExpression: (cursor: Cursor) => Ast;
}

const END: Token = { kind: 'end', text: 'end of text', at: 0, parts: [] };

export function peek(cursor: Cursor, ahead = 0): Token {
  return cursor.tokens[cursor.position + ahead] ?? cursor.tokens.at(-1) ?? END;
}

export function next(cursor: Cursor): Token {
  const token = peek(cursor);
  if (token.kind !== 'end') cursor.position++;
  return token;
}

export function isOp(cursor: Cursor, text: string, ahead = 0): boolean {
  const token = peek(cursor, ahead);
  return token.kind === 'op' && token.text === text;
}

export function isWord(cursor: Cursor, text: string): boolean {
  const token = peek(cursor);
  return token.kind === 'word' && token.text === text;
}

export function takeOp(cursor: Cursor, text: string): boolean {
  if (!isOp(cursor, text)) return false;
  cursor.position++;
  return true;
}

export function takeWord(cursor: Cursor, text: string): boolean {
  if (!isWord(cursor, text)) return false;
  cursor.position++;
  return true;
}

export function expectOp(cursor: Cursor, text: string): void {
  if (!takeOp(cursor, text)) throw unexpected(cursor, `'${text}'`);
}

export function expectWord(cursor: Cursor, text: string): void {
  if (!takeWord(cursor, text)) throw unexpected(cursor, `'${text}'`);
}

export function expectVar(cursor: Cursor): string {
  if (peek(cursor).kind !== 'var') throw unexpected(cursor, 'a $name');
  return next(cursor).text;
}

export function syntaxError(cursor: Cursor, message: string, at: number): JqSyntaxError {
  return new JqSyntaxError(message, cursor.source, at);
}

export function unexpected(cursor: Cursor, expected: string): JqSyntaxError {
  const token = peek(cursor);
  return syntaxError(cursor, `syntax error: unexpected '${token.text}', expected ${expected}`, token.at);
}
