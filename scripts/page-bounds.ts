/**
 * What the bodies of requests may be, for the inputs of pages: `plugins/<name>/ui/bounds.ts`, made from the OpenAPI document
 * (`node scripts/build-web.ts --types`) with the operations that the pages of the plugin import.
 *
 * A field is what its input takes as it is: `<TextInput {...createProduct.name} />`. Inside of lists it is `items`, inside of
 * objects whose fields have any name `each`; where a field may be one of several, what all of them allow. Each operation is
 * an export of its own, so that a page loads no other.
 */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { OpenApiDocument } from '#core/openapi/document.ts';
import { getOwn } from '#core/own-property.ts';

type Json = Record<string, unknown>;
type Values = readonly (string | number | boolean)[];
/** Bounds of a field, or the fields of an object. */
interface Node {
  [name: string]: Node | Values | string | number | boolean | undefined;
}

/** Of a body that names itself again inside. */
const DEEPEST = 6;

const HEAD = '/** What the server allows in bodies of requests: made by `node scripts/build-web.ts --types`. */\n';

/** By plugin, the text of its file; of those only whose pages send a body with a bound. */
export function pageBounds(document: OpenApiDocument, root: string): Map<string, string> {
  const found = new Map<string, string>();
  const operations = Object.values(document.paths).flatMap((methods) => Object.values(methods));
  const folders = globSync('plugins/*/ui', { cwd: root }).map((folder) => folder.replaceAll('\\', '/'));
  for (const folder of folders.sort()) {
    const sources = globSync(`${folder}/**/*.{ts,tsx}`, { cwd: root, exclude: ['**/bounds.ts'] });
    const wanted = new Set(sources.flatMap((file) => importedIn(readFileSync(join(root, file), 'utf8'))));
    const exports = operations.flatMap(({ operationId, requestBody }) => {
      if (!wanted.has(operationId)) return [];
      const schema = requestBody?.content['application/json']?.schema;
      const fields = schema && boundsOf(schema, document);
      return fields ? [`export const ${operationId} = {\n${lines(fields)}} as const;\n`] : [];
    });
    if (exports.length > 0) found.set(`${folder}/bounds.ts`, [HEAD, ...exports].join('\n'));
  }
  return found;
}

/** Names that a file takes from `bounds.ts`. */
function importedIn(text: string): string[] {
  const found = text.matchAll(/\bimport \{(?<names>[^}]*)\} from '(?:\.{1,2}\/)+bounds\.ts'/g);
  return [...found].flatMap(({ groups }) => groups?.names?.match(/(?<!\bas )\b\w+/g) ?? []);
}

function lines(fields: Node): string {
  return Object.entries(fields)
    .map(([name, field]) => `  ${keyOf(name)}: ${written(field)},\n`)
    .join('');
}

function written(value: Node[string]): string {
  if (typeof value === 'string') return `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
  if (Array.isArray(value)) return `[${value.map(written).join(', ')}]`;
  if (typeof value !== 'object') return String(value);
  const entries = Object.entries(value).map(([name, one]) => `${keyOf(name)}: ${written(one)}`);
  return `{ ${entries.join(', ')} }`;
}

function keyOf(name: string): string {
  return /^[a-z_$][\w$]*$/i.test(name) ? name : written(name);
}

function boundsOf(given: Json, document: OpenApiDocument, depth = 0): Node | null {
  const schema = resolved(given, document);
  if (depth > DEEPEST || schema.type === 'null') return null;
  const variants = (schema.anyOf ?? schema.oneOf) as Json[] | undefined;
  if (variants && !schema.properties) {
    const others = variants.filter((one) => resolved(one, document).type !== 'null');
    return others.map((one) => boundsOf(one, document, depth + 1)).reduce(both, undefined as never) ?? null;
  }
  const own: Node = { ...(schema.allOf as Json[] | undefined)?.map((one) => boundsOf(one, document, depth + 1))[0] };
  for (const [name, field] of Object.entries((schema.properties ?? {}) as Record<string, Json>))
    own[name] = boundsOf(field, document, depth + 1) ?? undefined;
  const rest = Object.entries((schema.patternProperties ?? {}) as Record<string, Json>);
  const each = rest[0]?.[1] ?? schema.additionalProperties;
  if (rest[0]) own.names = kept(leafOf({ pattern: rest[0][0] })) ?? undefined;
  if (typeof each === 'object' && each !== null) own.each = boundsOf(each as Json, document, depth + 1) ?? undefined;
  if (schema.items) own.items = boundsOf(schema.items as Json, document, depth + 1) ?? undefined;
  return kept({ ...own, ...leafOf(schema) });
}

/** As attributes of inputs: what an input would not do anything about is left out. */
function leafOf({ type, minLength, maxLength, minimum, maximum, multipleOf, maxItems, ...schema }: Json): Node {
  const pattern = typeof schema.pattern === 'string' ? patternOfInput(schema.pattern) : undefined;
  return {
    minLength: typeof minLength === 'number' && minLength > 1 ? minLength : undefined,
    maxLength: (maxLength as number | undefined) ?? longest(pattern),
    pattern,
    min: minimum as number | undefined,
    max: maximum as number | undefined,
    step: multipleOf as number | undefined,
    allowDecimal: type === 'integer' ? false : undefined,
    maxItems: maxItems as number | undefined,
    values: (schema.enum ?? (schema.const === undefined ? undefined : [schema.const])) as Values | undefined,
  };
}

/** Of a pattern that is nothing but classes, each with how often it may stand there. */
function longest(pattern: string | undefined): number | undefined {
  const parts = pattern?.match(/^(?:\(\?![^)]*\))?(?<parts>(?:\[[^\]]*\](?:\{\d+(?:,\d+)?\})?)+)$/)?.groups?.parts;
  const often = parts?.matchAll(/\](?:\{(?:\d+,)?(?<most>\d+)\})?/g);
  return often && [...often].reduce((sum, { groups }) => sum + Number(groups?.most ?? 1), 0);
}

/**
 * Patterns of inputs are of the whole text, and know `v`, where more has to be escaped in a class. Left to the server are those
 * of a part of the text, and those of characters that nobody sees: a browser says no more than that something is wrong.
 */
function patternOfInput(pattern: string): string | undefined {
  const whole = /^\^(?<inside>.*)\$$/s.exec(pattern)?.groups?.inside?.replaceAll('$|^', '|');
  if (whole === undefined || /\\[xups]/.test(whole)) return undefined;
  const escaped = whole.replace(
    /\[(?<not>\^?)(?<content>(?:\\.|[^\]\\])*)\]/g,
    (_all, not: string, content: string) => {
      const first = content.replace(/^-|-$/g, '\\-');
      const inside = first.replace(/\\.|[()[{}/|]/g, (one) => (one.length > 1 ? one : `\\${one}`));
      return `[${not}${inside}]`;
    },
  );
  new RegExp(escaped, 'v');
  return escaped;
}

/** What one of the two allows is allowed. */
function both(one: Node | null | undefined, other: Node | null): Node | null {
  if (one === undefined) return other;
  if (one === null || other === null) return null;
  const merged: Node = {};
  for (const name of new Set([...Object.keys(one), ...Object.keys(other)])) {
    const [left, right] = [one[name], other[name]];
    if (isNode(left) && isNode(right)) merged[name] = both(left, right) ?? undefined;
    else if (isNode(left) || isNode(right)) merged[name] = left ?? right;
    else if (Array.isArray(left) && Array.isArray(right)) merged[name] = [...new Set([...left, ...right])];
    else if (typeof left === 'number' && typeof right === 'number')
      merged[name] = name.startsWith('min') ? Math.min(left, right) : Math.max(left, right);
    else if (left === right) merged[name] = left;
  }
  return kept(merged);
}

function kept(node: Node): Node | null {
  const entries = Object.entries(node).filter(([, value]) => value !== undefined);
  return entries.length > 0 ? Object.fromEntries(entries) : null;
}

function isNode(value: Node[string]): value is Node {
  return typeof value === 'object' && !Array.isArray(value);
}

function resolved(schema: Json, document: OpenApiDocument): Json {
  const name = typeof schema.$ref === 'string' ? schema.$ref.replace('#/components/schemas/', '') : null;
  return name === null ? schema : resolved(getOwn(document.components.schemas ?? {}, name) as Json, document);
}
