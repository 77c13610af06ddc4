// String literals: plain ones become literals, the others keep their interpolated parts.
import type { Ast } from '../syntax.ts';
import { type Cursor, peek, unexpected } from './cursor.ts';
import type { Token } from './lexer.ts';

export function parseStringToken(cursor: Cursor, token: Token, format: string | null): Ast {
  const parts = token.parts.map((part) => (typeof part === 'string' ? part : parseInner(cursor, part)));
  const [only] = parts;
  if (parts.length === 1 && typeof only === 'string') return { t: 'literal', value: only };
  return { t: 'string', format, parts: parts.filter((part) => part !== '') };
}

function parseInner(cursor: Cursor, tokens: Token[]): Ast {
  const inner: Cursor = { ...cursor, tokens, position: 0 };
  const body = cursor.parsePipe(inner);
  if (peek(inner).kind !== 'end') throw unexpected(inner, "')'");
  return body;
}
