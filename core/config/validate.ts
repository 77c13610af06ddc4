/** Checks the configuration against the schemas of core and of every plugin, and explains what is wrong. */
import type { Ajv, ErrorObject } from 'ajv';
import type { TSchema } from 'typebox';
import { ConfigError, messageOf } from '../errors.ts';
import { newAjv } from '../new-ajv.ts';
import { isSecretName } from '../security/masked.ts';
import { typed } from './environment.ts';
import { describe, isTree, type LoadedConfig, layerOf, type Tree } from './load.ts';
import { isSurelyRight } from './plain-check.ts';

let made: Ajv | undefined;

/**
 * Each of these checks runs once in a process: making it fast would take longer than it saves. That our own schemas are
 * schemas is a matter of our tests; compiling the schema of schemas would take as long as all of them.
 */
function ajv(): Ajv {
  made ??= newAjv({
    useDefaults: true,
    allErrors: true,
    verbose: true,
    strict: false,
    code: { optimize: false },
    validateSchema: false,
  });
  return made;
}

/** Throws a ConfigError when it is none: a mistake of whoever wrote it, and not of the configuration. */
export function checkSchema(schema: TSchema, path: readonly string[]): void {
  if (!ajv().validateSchema(schema)) throw noSchema(path, `schema is invalid: ${ajv().errorsText()}`);
  compiled(schema, path);
}

/**
 * Fills in defaults and gives the part of the configuration at `path`, checked.
 * Throws a ConfigError that names file, path, what was found, what is expected and the nearest valid key.
 */
export function checkConfig(schema: TSchema, value: unknown, path: readonly string[], loaded: LoadedConfig): unknown {
  const plain = typed(value, schema);
  if (isSurelyRight(schema, plain)) return plain;
  const part = structuredClone(typed(value, schema));
  const validate = compiled(schema, path);
  if (validate(part)) return part;
  const sentences = new Set((validate.errors ?? []).filter(isTelling).map((error) => explain(error, path, loaded)));
  throw new ConfigError([...sentences].slice(0, 10).join('\n'));
}

function compiled(schema: TSchema, path: readonly string[]) {
  try {
    return ajv().compile(schema);
  } catch (error) {
    throw noSchema(path, messageOf(error), error);
  }
}

function noSchema(path: readonly string[], why: string, cause?: unknown): ConfigError {
  const what = path.length > 0 ? path.join('.') : 'the configuration';
  return new ConfigError(`The schema of ${what} is no JSON Schema: ${why}`, { cause });
}

/** Keywords that fail because a value is of another kind than the branch of a union is about. */
const OF_ANOTHER_KIND = new Set(['type', 'const', 'enum']);

/**
 * `anyOf` fails together with each of its branches; one sentence is enough: that of the branch that the value was meant
 * for (a text that is too short), else the one that names all branches.
 */
function isTelling(error: ErrorObject, _index: number, all: ErrorObject[]): boolean {
  const isBranch = (one: ErrorObject): boolean => one.schemaPath.includes('/anyOf/');
  const here = all.filter((other) => other.instancePath === error.instancePath);
  const meant = here.filter((other) => isBranch(other) && !OF_ANOTHER_KIND.has(other.keyword));
  if (error.keyword === 'anyOf') return meant.length === 0;
  if (!isBranch(error)) return true;
  return meant.includes(error) || !here.some((other) => other.keyword === 'anyOf');
}

function explain(error: ErrorObject, base: readonly string[], loaded: LoadedConfig): string {
  const path = [...base, ...error.instancePath.split('/').slice(1)];
  if (error.keyword === 'additionalProperties') {
    const key = String(error.params.additionalProperty);
    return unknownKey([...path, key], Object.keys(error.parentSchema?.properties ?? {}), loaded);
  }
  if (error.keyword === 'required') {
    const missing = [...path, String(error.params.missingProperty)];
    return `${sourceOf(path, loaded)}: ${missing.join('.')} is missing`;
  }
  const found = shown(path, error.data);
  return `${sourceOf(path, loaded)}: ${path.join('.')} is ${found}, but expected is ${expectation(error)}`;
}

/** The sentence for a key that nobody knows, with the nearest one that is known. */
export function unknownKey(path: readonly string[], known: readonly string[], loaded: LoadedConfig): string {
  const key = path.at(-1) ?? '';
  const value = path.reduce<unknown>((at, part) => (isTree(at) ? at[part] : undefined), loaded.values);
  const near = nearest(key, known);
  const found = shown(near && isSecretName(near) ? [near] : path, value);
  const hint = near ? `; did you mean '${near}'?` : '';
  const list = known.length > 0 ? `expected: one of ${known.join(', ')}` : 'no keys are expected here';
  return `${sourceOf(path, loaded)}: ${path.join('.')} (found: ${found}) is not a known key${hint} (${list})`;
}

function shown(path: readonly string[], value: unknown): string {
  const isSecret = isSecretName(path.at(-1) ?? '') && (typeof value === 'string' || typeof value === 'object');
  return isSecret && value !== null ? 'not shown, because it is a secret' : describe(value);
}

function expectation(error: ErrorObject): string {
  const { schema, parentSchema, params } = error;
  if (error.keyword === 'anyOf' && Array.isArray(schema)) return schema.map(branch).join(' or ');
  if (error.keyword === 'type') return `of type ${params.type}`;
  if (error.keyword === 'const') return describe(params.allowedValue);
  if (error.keyword === 'enum') return params.allowedValues.map(describe).join(' or ');
  if (error.keyword === 'minLength') return `a text of at least ${params.limit} characters`;
  if (error.keyword === 'pattern' && parentSchema?.description) return `${parentSchema.description} (${schema})`;
  return error.message?.replace(/^must be /, '').replace(/^must /, 'to ') ?? 'something else';
}

function branch(schema: Tree): string {
  if ('const' in schema) return describe(schema.const);
  if (schema.type === 'null') return 'null';
  return `a value of type ${String(schema.type)}`;
}

/** The highest layer in which the path, or the longest part of it, is set. */
function sourceOf(path: readonly string[], loaded: LoadedConfig): string {
  for (let length = path.length; length > 0; length--) {
    const layer = layerOf(path.slice(0, length), loaded);
    if (layer) return layer.source;
  }
  return loaded.layers[0]?.source ?? 'configuration';
}

/** The known word with the fewest edits, when it is near enough to be meant. */
export function nearest(word: string, known: readonly string[]): string | null {
  let best: { word: string; distance: number } | null = null;
  for (const candidate of known) {
    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase());
    if (!best || distance < best.distance) best = { word: candidate, distance };
  }
  return best && best.distance <= Math.max(2, Math.floor(word.length / 3)) ? best.word : null;
}

/** Levenshtein distance, row by row. */
function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      row.push(Math.min((previous[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, substitution));
    }
    previous = row;
  }
  return previous[b.length] ?? 0;
}
