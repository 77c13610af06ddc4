// Names known while compiling, and what one compilation shares.
import type { Budget } from '../limits.ts';
import type { Ast, Definition } from '../syntax.ts';
import type { Filter } from './filter.ts';

export interface FunctionEntry {
  readonly definition: Definition;
  /** where the body is compiled: the names before the definition, and itself */
  scope: Scope;
  /** null until compiled, which for a recursive call is while its own body is in work */
  filter: Filter | null;
  busy: boolean;
}

export type ScopeEntry =
  | { kind: 'root' }
  | { kind: 'var' | 'param' | 'label'; name: string }
  | { kind: 'function'; name: string; arity: number; entry: FunctionEntry };

/** `depth` counts the run-time frames; functions take none. */
export interface Scope {
  readonly entry: ScopeEntry;
  readonly up: Scope | null;
  readonly depth: number;
}

export type Builtin = (args: Filter[], context: Context) => Filter;

export interface Context {
  readonly source: string;
  readonly budget: Budget;
  /** Nodes that may still be compiled: alternatives of patterns have what follows them compiled for each. */
  left: number;
  readonly compile: (node: Ast, scope: Scope, context: Context) => Filter;
  readonly builtins: Map<string, Builtin>;
  /** functions written in jq, compiled at their first use */
  readonly prelude: (key: string) => FunctionEntry | undefined;
}

export const rootScope: Scope = { entry: { kind: 'root' }, up: null, depth: 0 };

export function declare(scope: Scope, kind: 'var' | 'param' | 'label', name: string): Scope {
  return { entry: { kind, name }, up: scope, depth: scope.depth + 1 };
}

export function declareFunction(scope: Scope, definition: Definition): { scope: Scope; entry: FunctionEntry } {
  const entry: FunctionEntry = { definition, scope, filter: null, busy: false };
  const { name, params } = definition;
  entry.scope = { entry: { kind: 'function', name, arity: params.length, entry }, up: scope, depth: scope.depth };
  return { scope: entry.scope, entry };
}

/** How many frames up a variable or label is, or null. */
export function findSlot(scope: Scope, kind: 'var' | 'label', name: string): number | null {
  for (let place: Scope | null = scope; place; place = place.up) {
    if (place.entry.kind === kind && place.entry.name === name) return scope.depth - place.depth;
  }
  return null;
}

export type Callable = { param: number } | { entry: FunctionEntry; distance: number };

export function findCallable(scope: Scope, name: string, arity: number): Callable | null {
  for (let place: Scope | null = scope; place; place = place.up) {
    const { entry } = place;
    if (entry.kind === 'param' && arity === 0 && entry.name === name) return { param: scope.depth - place.depth };
    if (entry.kind === 'function' && entry.name === name && entry.arity === arity) {
      return { entry: entry.entry, distance: scope.depth - place.depth };
    }
  }
  return null;
}
