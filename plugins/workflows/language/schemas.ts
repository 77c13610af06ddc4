/** Schemas of a workflow's data: JSON Schema, compiled once. */
import { Ajv } from 'ajv';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import type { DataRule } from './definition.ts';
import { fault } from './faults.ts';
import { patternEngine, withClock, withPatterns } from './schema-patterns.ts';

interface Compiled {
  check: ValidateFunction;
  /** Takes about as long as its data is large. */
  isPlain: boolean;
}

const compiled = new WeakMap<object, Compiled>();
/** Schemas that refer to others may branch without end, and items are compared each with each. */
const BRANCHING = /"(?:\$ref|\$dynamicRef|\$recursiveRef|uniqueItems)"/;
const PLAIN_LENGTH = 10_000;
const SMALL_VALUES = 500;

/** Throws a validation fault that names what is wrong. */
export function checkSchema(
  schema: NonNullable<DataRule['schema']>,
  data: unknown,
  side: string,
  instance: string,
): void {
  const { document } = schema;
  if (!document)
    throw fault('configuration', 'Only schemas in the definition itself (`document`) can be used', { instance });
  const { check, isPlain } = checkOf(document, instance);
  const work = () => check(data);
  const checked = isPlain && isSmall(data) ? withPatterns(work) : withClock(work);
  if (checked === null) {
    throw fault('validation', `The ${side} was not checked: its schema, or a pattern of it, takes too long for it`, {
      instance,
    });
  }
  if (checked.result) return;
  const wrong = (check.errors ?? []).map(({ instancePath, message }) => `${instancePath || '/'} ${message}`);
  throw fault('validation', `The ${side} does not match its schema: ${wrong.slice(0, 5).join('; ')}`, { instance });
}

/** Throws what is wrong with the schema itself. A schema says its draft in `$schema`; without it, it is 2020-12. */
export function compile(document: object): ValidateFunction {
  const isOld = /draft-0[67]/.test(String((document as { $schema?: unknown }).$schema ?? ''));
  const ajv = new (isOld ? Ajv : Ajv2020)({
    ...{ strict: false, allErrors: false, validateFormats: true, logger: false },
    code: { regExp: patternEngine },
  });
  (addFormats as unknown as (ajv: Ajv) => void)(ajv);
  const made = withPatterns(() => ajv.compile(document));
  if (made === null) throw new Error('one of its patterns takes too long');
  return made.result;
}

function checkOf(document: object, instance: string): Compiled {
  const found = compiled.get(document);
  if (found) return found;
  try {
    const text = JSON.stringify(document);
    const made = { check: compile(document), isPlain: text.length <= PLAIN_LENGTH && !BRANCHING.test(text) };
    compiled.set(document, made);
    return made;
  } catch (cause) {
    throw fault('configuration', `The schema is not valid: ${cause instanceof Error ? cause.message : cause}`, {
      instance,
    });
  }
}

/** Whether it holds no more than some hundred values, counted without looking at the rest. */
function isSmall(value: unknown): boolean {
  const waiting: unknown[] = [value];
  for (let left = SMALL_VALUES; waiting.length > 0; ) {
    const one = waiting.pop();
    if (typeof one !== 'object' || one === null) continue;
    const inside: unknown[] = Array.isArray(one) ? one : Object.values(one);
    left -= inside.length;
    if (left < 0) return false;
    waiting.push(...inside);
  }
  return true;
}
