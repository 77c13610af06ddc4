/** Reads a definition and finds everything wrong with it, with line and column. */
import { isMap, isNode, isSeq, LineCounter, type Node, parseDocument } from 'yaml';
import { checkDefinition, type ValidationOptions } from './check-definition.ts';
import type { Complain } from './check-use.ts';
import { type Definition, LONGEST_SOURCE } from './definition.ts';
import { repeatedKeys } from './repeated-keys.ts';
import { sdkIssues } from './sdk.ts';
import { unheldValues } from './unheld-values.ts';
import { unstorable } from './unstorable.ts';
import { isTooDeep } from './yaml-depth.ts';

export interface DefinitionError {
  /** JSON pointer. */
  path: string;
  line: number;
  column: number;
  message: string;
}

export type Validated = { definition: Definition; source: string; calls: Set<string> } | { errors: DefinitionError[] };

/** Nobody reads more; to find near names for thousands of wrong ones takes minutes. */
const MOST_ERRORS = 100;

/**
 * Of a text of YAML or JSON, or of an object. `calls` are the functions of plugins that it calls. Takes seconds for a large
 * one: call it in the thread of the validator.
 */
export async function validate(given: string | object, options: ValidationOptions): Promise<Validated> {
  const source = typeof given === 'string' ? given : JSON.stringify(given, null, 2);
  const lines = new LineCounter();
  if (source.length > LONGEST_SOURCE) return { errors: [at(null, '', 'A definition has at most 1 MB')] };
  if (isTooDeep(source)) return { errors: [at(null, '', 'This is nested too deeply')] };
  const document = parseDocument(source, {
    lineCounter: lines,
    prettyErrors: false,
    strict: true,
    uniqueKeys: false,
  });
  const wrong = [
    ...document.errors.map(({ message, pos }) => ({ message, offset: pos[0] })),
    ...repeatedKeys(document).map((offset) => ({ message: 'Map keys must be unique', offset })),
    ...unheldValues(document),
  ];
  if (wrong.length > 0) {
    return {
      errors: wrong.slice(0, MOST_ERRORS).map(({ message, offset }) => {
        const { line, col } = lines.linePos(offset);
        return { path: '', line, column: col, message };
      }),
    };
  }
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: 100 });
  } catch (error) {
    return { errors: [at(null, '', error instanceof Error ? error.message : 'not YAML')] };
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return { errors: [at(document.contents, '', 'A definition is an object with document and do')] };
  }
  const refused = unstorable(value);
  if (refused) return { errors: [at(document.contents, refused.path, refused.message)] };
  const definition = value as Definition;
  const found: { path: string; message: string }[] = [];
  const calls = new Set<string>();
  const complain: Complain = (path, message) => {
    found.push({ path, message });
    if (found.length >= MOST_ERRORS) throw new EnoughErrors();
  };
  try {
    checkDefinition(definition, options, calls, complain);
  } catch (error) {
    if (!(error instanceof EnoughErrors)) throw error;
  }
  if (found.length === 0) found.push(...(await sdkIssues(definition)));
  if (found.length > 0) return { errors: found.map(({ path, message }) => at(document.contents, path, message)) };
  return { definition, source, calls };

  function at(root: unknown, path: string, message: string): DefinitionError {
    const { line, col } = lines.linePos(offsetOf(root, path));
    return { path, line: Math.max(1, line), column: Math.max(1, col), message };
  }
}

class EnoughErrors extends Error {}

/** Where the node at a JSON pointer begins, or the last one on the way to it that is there. */
function offsetOf(root: unknown, path: string): number {
  let node: unknown = root;
  let offset = isNode(root) ? (root.range?.[0] ?? 0) : 0;
  for (const step of path.split('/').slice(1)) {
    const key = step.replaceAll('~1', '/').replaceAll('~0', '~');
    if (isSeq(node)) node = node.items[Number(key)];
    else if (isMap(node)) {
      const pair = node.items.find(
        (item) => isNode(item.key) && String((item.key as Node & { value?: unknown }).value) === key,
      );
      if (isNode(pair?.key)) offset = pair.key.range?.[0] ?? offset;
      node = pair?.value;
      continue;
    } else return offset;
    if (isNode(node)) offset = node.range?.[0] ?? offset;
  }
  return offset;
}
