/** JSON Schemas as forms read them: what kind of field one wants, what it is called, and what an empty one begins with. */
import { isRecord } from '../../client/api-error.ts';

export type JsonSchema = Readonly<Record<string, unknown>>;
/** `anything` is for texts that may also be numbers or JSON: `format: 'anything'`. */
export type FieldKind =
  | 'text'
  | 'longText'
  /** One or several, between commas: a text, or a list of such. */
  | 'texts'
  | 'number'
  | 'boolean'
  | 'choice'
  | 'object'
  | 'map'
  | 'list'
  | 'variants'
  | 'constant'
  | 'json'
  | 'anything';

export interface Choice {
  value: unknown;
  label: string;
}

/** Texts that may be longer are written in several lines. */
const LONG_TEXT = 300;
/** Deeper than people follow a form it is JSON. */
const DEEPEST = 6;
/** References that lead to references; more of them lead in a circle. */
const MOST_STEPS = 20;

/** The schema without references and without the `null` that only says that a value may be missing. */
export function plainSchema(given: unknown, root: unknown): JsonSchema {
  let schema = isRecord(given) ? given : {};
  for (let step = 0; step < MOST_STEPS; step += 1) {
    if (typeof schema.$ref === 'string') {
      const { $ref, ...own } = schema;
      schema = { ...followed(root, schema.$ref), ...own };
      continue;
    }
    const [variant, ...others] = variantsOf(schema).filter(({ type }) => type !== 'null');
    // The only choice of several is still one that somebody looks at.
    if (!variant || others.length > 0 || ('const' in variant && 'title' in variant)) return schema;
    const { anyOf, oneOf, ...own } = schema;
    schema = { ...variant, ...own };
  }
  return {};
}

/** Which field a schema wants; `depth` is how many objects it lies in. */
export function kindOf(schema: JsonSchema, depth: number): FieldKind {
  if (schema.format === 'anything') return 'anything';
  if ('const' in schema) return 'constant';
  if (choicesOf(schema) !== null) return 'choice';
  if (depth > DEEPEST) return 'json';
  if (isOneOrSeveral(schema)) return 'texts';
  if (variantsOf(schema).length > 1) return 'variants';
  const type = typeOf(schema);
  if (type === 'string') return isLong(schema) ? 'longText' : 'text';
  if (type === 'number' || type === 'integer') return 'number';
  if (type === 'boolean') return 'boolean';
  if (type === 'array') return 'list';
  if (type !== 'object') return 'json';
  if (Object.keys(propertiesOf(schema)).length > 0) return 'object';
  return schema.additionalProperties === false ? 'object' : 'map';
}

/** The only type of a schema beside `null`; null when it allows several or says nothing. */
export function typeOf(schema: JsonSchema): string | null {
  const types = (Array.isArray(schema.type) ? schema.type : [schema.type]).filter(
    (type) => typeof type === 'string' && type !== 'null',
  );
  if (types.length === 1) return String(types[0]);
  return types.length === 0 && isRecord(schema.properties) ? 'object' : null;
}

export function propertiesOf(schema: JsonSchema): Readonly<Record<string, unknown>> {
  return isRecord(schema.properties) ? schema.properties : {};
}

export function isRequired(schema: JsonSchema, name: string): boolean {
  return Array.isArray(schema.required) && schema.required.includes(name);
}

export function variantsOf(schema: JsonSchema): readonly JsonSchema[] {
  const given = schema.oneOf ?? schema.anyOf;
  return Array.isArray(given) ? given.filter(isRecord) : [];
}

/** The values of an `enum`, or of variants that are nothing but constants; null when there are others. */
export function choicesOf(schema: JsonSchema): readonly Choice[] | null {
  if (Array.isArray(schema.enum))
    return schema.enum.filter((value) => value !== null).map((value) => ({ value, label: String(value) }));
  const variants = variantsOf(schema).filter((variant) => variant.type !== 'null');
  if (variants.length === 0 || !variants.every((variant) => 'const' in variant)) return null;
  return variants.map((variant) => ({ value: variant.const, label: titleOf(variant, String(variant.const)) }));
}

export function titleOf(schema: JsonSchema, name: string): string {
  return typeof schema.title === 'string' ? schema.title : name;
}

export function descriptionOf(schema: JsonSchema): string | undefined {
  return typeof schema.description === 'string' ? schema.description : undefined;
}

/**
 * What the schema brings for the form: what adds an entry (`x-add`), what names of entries are (`x-name`), what is shown where
 * nothing is written yet (`x-placeholder`).
 */
export function wordOf(schema: JsonSchema, key: 'x-add' | 'x-name' | 'x-placeholder'): string | undefined {
  const word = schema[key];
  return typeof word === 'string' ? word : undefined;
}

export function numberOf(schema: JsonSchema, key: string): number | undefined {
  const value = schema[key];
  return typeof value === 'number' ? value : undefined;
}

/** What a field begins with when somebody adds it: the default, what is required of it, or the empty value of its type. */
export function emptyOf(given: unknown, root: unknown, depth = 0): unknown {
  const schema = plainSchema(given, root);
  if ('default' in schema) return schema.default;
  if ('const' in schema) return schema.const;
  const [choice] = choicesOf(schema) ?? [];
  if (choice) return choice.value;
  const [variant] = variantsOf(schema);
  if (variant && depth <= DEEPEST) return emptyOf(variant, root, depth + 1);
  const type = typeOf(schema);
  if (type === 'string') return '';
  if (type === 'number' || type === 'integer') return numberOf(schema, 'minimum') ?? 0;
  if (type === 'boolean') return false;
  if (type === 'array') return [];
  if (type !== 'object') return null;
  if (depth > DEEPEST) return {};
  const needed = Object.entries(propertiesOf(schema)).filter(([name]) => isRequired(schema, name));
  return Object.fromEntries(needed.map(([name, property]) => [name, emptyOf(property, root, depth + 1)]));
}

/** Whether a value looks like one of this schema, as far as telling variants apart needs. */
export function fits(value: unknown, given: unknown, root: unknown, depth = 0): boolean {
  const schema = plainSchema(given, root);
  if ('const' in schema) return schema.const === value;
  const choices = choicesOf(schema);
  if (choices) return choices.some((choice) => choice.value === value);
  if (depth > DEEPEST) return true;
  const variants = variantsOf(schema);
  if (variants.length > 0) return variants.some((variant) => fits(value, variant, root, depth + 1));
  const type = typeOf(schema);
  if (type === null) return true;
  if (type === 'array') return Array.isArray(value);
  if (type === 'integer') return Number.isInteger(value);
  if (type !== 'object') return typeof value === type;
  if (!isRecord(value)) return false;
  return Object.entries(propertiesOf(schema)).every(([name, own]) =>
    Object.hasOwn(value, name) ? fits(value[name], own, root, depth + 1) : !isRequired(schema, name),
  );
}

/** A union of a text and a list of texts. */
function isOneOrSeveral(schema: JsonSchema): boolean {
  const variants = variantsOf(schema).filter(({ type }) => type !== 'null');
  const list = variants.find(({ type }) => type === 'array');
  const isText = (one: unknown) => isRecord(one) && one.type === 'string' && choicesOf(one) === null;
  return variants.length === 2 && isText(list?.items) && variants.some(isText);
}

function isLong(schema: JsonSchema): boolean {
  const isAddress = typeof schema.pattern === 'string' && schema.pattern.startsWith('^https?:');
  return (numberOf(schema, 'maxLength') ?? 0) > LONG_TEXT && schema.format === undefined && !isAddress;
}

/** A reference within the same document: `#/$defs/Address`, `#`. */
function followed(root: unknown, reference: string): JsonSchema {
  if (!reference.startsWith('#')) return {};
  let found = root;
  for (const step of reference.split('/').slice(1)) found = isRecord(found) ? found[step] : undefined;
  return isRecord(found) ? found : {};
}
