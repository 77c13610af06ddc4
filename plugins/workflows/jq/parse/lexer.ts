// Splits jq text into tokens. A string with interpolations holds the tokens of each one.
import { JqSyntaxError } from '../errors.ts';

export interface Token {
  kind: 'number' | 'string' | 'format' | 'word' | 'field' | 'var' | 'op' | 'end';
  text: string;
  at: number;
  /** strings only: literal pieces and the tokens between `\(` and `)` */
  parts: (string | Token[])[];
}

const OPERATORS = ['?//', '//=', '|=', '+=', '-=', '*=', '/=', '%=', '==', '!=', '<=', '>=', '//', '..'];
const SINGLE = '.[]{}()|,:;=<>+-*/%?$';

const NUMBER = /(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?/y;
const WORD = /(?:[A-Za-z_]\w*::)*[A-Za-z_]\w*/y;
const FIELD = /\.[A-Za-z_]\w*/y;
const VARIABLE = /\$(?:[A-Za-z_]\w*::)*[A-Za-z_]\w*/y;
const FORMAT = /@[A-Za-z0-9_]+/y;
const SPACE = /[ \t\r\n\ufeff]+/y;
const ESCAPES: Record<string, string> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};

export function tokenize(source: string): Token[] {
  const lexer = { source, at: 0 };
  return readTokens(lexer, false);
}

interface Lexer {
  source: string;
  at: number;
}

function readTokens(lexer: Lexer, nested: boolean): Token[] {
  const tokens: Token[] = [];
  let open = 0;
  while (true) {
    skipBlank(lexer);
    const start = lexer.at;
    if (start >= lexer.source.length) {
      if (nested) throw new JqSyntaxError('syntax error: unfinished interpolation', lexer.source, start);
      tokens.push({ kind: 'end', text: 'end of text', at: start, parts: [] });
      return tokens;
    }
    const token = readToken(lexer);
    if (nested && token.kind === 'op') {
      if (token.text === '(') open++;
      if (token.text === ')' && --open < 0) {
        tokens.push({ kind: 'end', text: ')', at: start, parts: [] });
        return tokens;
      }
    }
    tokens.push(token);
  }
}

function skipBlank(lexer: Lexer): void {
  while (true) {
    match(lexer, SPACE);
    if (lexer.source[lexer.at] !== '#') return;
    // A backslash before the line end (an odd number of them) carries the comment on.
    const found = match(lexer, /#(?:[^\\\n\r]|\\[\s\S])*/y);
    if (found === null) lexer.at = lexer.source.length;
    else if (lexer.source[lexer.at] === '\\') lexer.at++;
  }
}

function match(lexer: Lexer, pattern: RegExp): string | null {
  pattern.lastIndex = lexer.at;
  const found = pattern.exec(lexer.source);
  if (!found) return null;
  lexer.at += found[0].length;
  return found[0];
}

function readToken(lexer: Lexer): Token {
  const at = lexer.at;
  const make = (kind: Token['kind'], text: string): Token => ({ kind, text, at, parts: [] });
  if (lexer.source[at] === '"') return readString(lexer);
  const number = match(lexer, NUMBER);
  if (number !== null) return make('number', number);
  const field = match(lexer, FIELD);
  if (field !== null) return make('field', field.slice(1));
  const variable = match(lexer, VARIABLE);
  if (variable !== null) return make('var', variable.slice(1));
  const word = match(lexer, WORD);
  if (word !== null) return make('word', word);
  const format = match(lexer, FORMAT);
  if (format !== null) return make('format', format);
  const operator = OPERATORS.find((text) => lexer.source.startsWith(text, at)) ?? lexer.source[at] ?? '';
  if (operator.length === 1 && !SINGLE.includes(operator)) {
    throw new JqSyntaxError(`syntax error: unexpected character ${JSON.stringify(operator)}`, lexer.source, at);
  }
  lexer.at += operator.length;
  return make('op', operator);
}

function readString(lexer: Lexer): Token {
  const { source } = lexer;
  const start = lexer.at++;
  const parts: Token['parts'] = [];
  let text = '';
  while (true) {
    const char = source[lexer.at];
    if (char === undefined) throw new JqSyntaxError('syntax error: unfinished string', source, start);
    if (char === '"') break;
    if (char !== '\\') {
      text += char;
      lexer.at++;
      continue;
    }
    if (source[lexer.at + 1] === '(') {
      lexer.at += 2;
      parts.push(text, readTokens(lexer, true));
      text = '';
      continue;
    }
    text += readEscape(lexer);
  }
  lexer.at++;
  parts.push(text);
  return { kind: 'string', text: source.slice(start, lexer.at), at: start, parts };
}

function readEscape(lexer: Lexer): string {
  const { source, at } = lexer;
  const char = source[at + 1] ?? '';
  const plain = ESCAPES[char];
  if (plain !== undefined) {
    lexer.at += 2;
    return plain;
  }
  const hex = char === 'u' ? source.slice(at + 2, at + 6) : '';
  if (!/^[0-9a-fA-F]{4}$/.test(hex)) throw new JqSyntaxError('syntax error: invalid escape', source, at);
  lexer.at += 6;
  return String.fromCharCode(Number.parseInt(hex, 16));
}
