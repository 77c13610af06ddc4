// Builtins written in jq itself. They are parsed once, at the first use of any, and compiled one by one.
import { declareFunction, type FunctionEntry, rootScope } from './compile/scope.ts';
import { parseDefinitions } from './parse/parser.ts';
import type { Definition } from './syntax.ts';

const SOURCE = `
def recurse: recurse(.[]?);
def paths(node_filter): . as $whole | paths | select(. as $p | $whole | getpath($p) | node_filter);
def leaf_paths: paths(scalars);
def nth($n): .[$n];
def combinations(n): . as $dot | [range(n)] | map($dot) | combinations;
def dateadd(u; n): . + n;
def datesub(u; n): . - n;
def IN(s): any(s == .; .);
def IN(src; s): any(src == s; .);
def JOIN($idx; idx_expr): [.[] | [., $idx[idx_expr]]];
def JOIN($idx; stream; idx_expr): stream | [., $idx[idx_expr]];
def JOIN($idx; stream; idx_expr; join_expr): stream | [., $idx[idx_expr]] | join_expr;
def GROUP_BY(f): group_by(f);
def UNIQUE_BY(f): unique_by(f);
def get_jq_origin: null;
def get_prog_origin: null;
`;

let parsed: Map<string, Definition> | null = null;

function definitions(): Map<string, Definition> {
  parsed ??= new Map(
    parseDefinitions(SOURCE).map((definition) => [`${definition.name}/${definition.params.length}`, definition]),
  );
  return parsed;
}

export function preludeNames(): string[] {
  return [...definitions().keys()];
}

/** The functions of one compilation; those that call others find them the same way. */
export function createPrelude(): (key: string) => FunctionEntry | undefined {
  const entries = new Map<string, FunctionEntry>();
  return (key) => {
    const known = entries.get(key);
    if (known) return known;
    const definition = definitions().get(key);
    if (!definition) return undefined;
    const { entry } = declareFunction(rootScope, definition);
    entries.set(key, entry);
    return entry;
  };
}
