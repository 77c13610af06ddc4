/** Schemas to checks, by Ajv. Compiled when they are first needed, which is a third of the boot; a check costs microseconds. */
import type { Ajv, ErrorObject, Options, ValidateFunction } from 'ajv';
import type { TSchema } from 'typebox';
import type { Issue } from '../errors.ts';
import { newAjv } from '../new-ajv.ts';

/** Null when the value fits (defaults are then filled in), else what is wrong with it. */
export type Check = (value: unknown) => Issue[] | null;

const OPTIONS = { useDefaults: true, allErrors: false, strict: false, messages: true };
/** All that is wrong costs an object for each fault, so it is asked of small values alone. */
const ALL = { ...OPTIONS, allErrors: true };
/** One of each kind, made when it first compiles. */
const kinds = {
  exact: { ofFirst: kindOf(OPTIONS), ofAll: kindOf(ALL) },
  coercing: { ofFirst: kindOf({ ...OPTIONS, coerceTypes: true }), ofAll: kindOf({ ...ALL, coerceTypes: true }) },
};
const SMALL_VALUES = 500;
const MOST_ISSUES = 20;

/**
 * The check of a schema, which may be made when it is first needed. `place` (`body`, `query`) stands at the start of each issue's path.
 * `coerce` turns texts into the numbers and booleans that the schema asks for: for queries and parameters.
 */
export function compileCheck(
  schema: TSchema | (() => TSchema),
  place: string,
  options: { coerce?: boolean } = {},
): Check {
  const { ofFirst, ofAll } = options.coerce ? kinds.coercing : kinds.exact;
  const made = (): TSchema => (typeof schema === 'function' ? schema() : schema);
  let validate: ValidateFunction | null = null;
  let validateAll: ValidateFunction | null = null;
  return (value) => {
    validate ??= ofFirst().compile(made());
    if (validate(value)) return null;
    let found = validate.errors ?? [];
    if (isSmall(value)) {
      validateAll ??= ofAll().compile(made());
      if (!validateAll(value)) found = validateAll.errors ?? found;
    }
    return found.slice(0, MOST_ISSUES).map((error) => issueOf(error, place));
  };
}

function kindOf(options: Options): () => Ajv {
  let made: Ajv | undefined;
  return () => {
    made ??= newAjv(options).addFormat('time-zone', isTimeZone);
    return made;
  };
}

/** Whether the system knows the zone, by its name in the tz database. */
function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/** Whether it holds no more than some hundred values, counted without looking at the rest. */
function isSmall(value: unknown): boolean {
  let left = SMALL_VALUES;
  const waiting: unknown[] = [value];
  while (waiting.length > 0) {
    const one = waiting.pop();
    if (typeof one !== 'object' || one === null) continue;
    const inside: unknown[] = Array.isArray(one) ? one : Object.values(one);
    left -= inside.length;
    if (left < 0) return false;
    waiting.push(...inside);
  }
  return true;
}

/** Of one schema one, so that Ajv compiles it once, however many platforms a process starts. */
const closedSchemas = new WeakMap<TSchema, TSchema>();

/** The same schema, refusing fields that it does not name. Schemas that decide for themselves are left alone. */
export function closed<S extends TSchema>(schema: S): S {
  if (!('type' in schema) || schema.type !== 'object' || 'additionalProperties' in schema) return schema;
  const made = closedSchemas.get(schema) ?? { ...schema, additionalProperties: false };
  closedSchemas.set(schema, made);
  return made as S;
}

function issueOf(error: ErrorObject, place: string): Issue {
  const path: (string | number)[] = [place, ...error.instancePath.split('/').slice(1).map(pointerPart)];
  const property: unknown = error.params.missingProperty ?? error.params.additionalProperty;
  if (typeof property === 'string') path.push(property);
  const expected = expectedBy(error);
  return { path, message: sentenceOf(error), keyword: error.keyword, ...(expected !== undefined && { expected }) };
}

/** The one value that says what a rule asks for, so that pages can say it in their own language. */
function expectedBy({ params }: ErrorObject): string | number | undefined {
  const asked: unknown = params.limit ?? params.multipleOf ?? params.format ?? params.type ?? params.allowedValue;
  if (Array.isArray(params.allowedValues)) return params.allowedValues.join(', ');
  return typeof asked === 'number' || typeof asked === 'string' ? asked : undefined;
}

function sentenceOf(error: ErrorObject): string {
  if (error.keyword === 'required') return 'is missing';
  if (error.keyword === 'additionalProperties') return 'is not a field that is known here';
  if (error.keyword === 'enum') return `must be one of ${JSON.stringify(error.params.allowedValues)}`;
  if (error.keyword === 'const') return `must be ${JSON.stringify(error.params.allowedValue)}`;
  return error.message ?? 'is not valid';
}

/** RFC 6901 §4. */
function pointerPart(part: string): string | number {
  const text = part.replace(/~1/g, '/').replace(/~0/g, '~');
  return /^\d+$/.test(text) ? Number(text) : text;
}
