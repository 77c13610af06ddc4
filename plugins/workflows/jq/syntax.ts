// The shape of a parsed jq program.
import type { Value } from './values.ts';

export interface Definition {
  name: string;
  /** a parameter written `$name` carries its dollar sign */
  params: string[];
  body: Ast;
}

export type Pattern =
  | { t: 'var'; name: string }
  | { t: 'array'; items: Pattern[] }
  | { t: 'object'; entries: { bind: string | null; key: Ast; value: Pattern | null }[] };

export interface Binding {
  source: Ast;
  patterns: Pattern[];
}

export type AssignOp = '=' | '|=' | '+=' | '-=' | '*=' | '/=' | '%=' | '//=';

export type Ast =
  | { t: 'identity' }
  | { t: 'descend' }
  | { t: 'literal'; value: Exclude<Value, object> | null }
  | { t: 'string'; format: string | null; parts: (string | Ast)[] }
  | { t: 'format'; name: string; at: number }
  | { t: 'index'; target: Ast; key: Ast }
  | { t: 'slice'; target: Ast; from: Ast | null; to: Ast | null }
  | { t: 'iterate'; target: Ast }
  | { t: 'array'; body: Ast | null }
  | { t: 'object'; entries: { key: Ast; value: Ast }[] }
  | { t: 'negate'; of: Ast }
  | { t: 'pipe'; left: Ast; right: Ast }
  | { t: 'comma'; left: Ast; right: Ast }
  | { t: 'and'; left: Ast; right: Ast }
  | { t: 'or'; left: Ast; right: Ast }
  | { t: 'alternative'; left: Ast; right: Ast }
  | { t: 'binary'; op: string; left: Ast; right: Ast }
  | { t: 'assign'; op: AssignOp; left: Ast; right: Ast }
  | { t: 'if'; condition: Ast; then: Ast; otherwise: Ast | null }
  | { t: 'try'; body: Ast; handler: Ast | null }
  | { t: 'reduce'; binding: Binding; init: Ast; update: Ast }
  | { t: 'foreach'; binding: Binding; init: Ast; update: Ast; extract: Ast | null }
  | { t: 'def'; definition: Definition; rest: Ast }
  | { t: 'call'; name: string; args: Ast[]; at: number }
  | { t: 'var'; name: string; at: number }
  | { t: 'as'; binding: Binding; body: Ast }
  | { t: 'label'; name: string; body: Ast }
  | { t: 'break'; name: string; at: number };
