/** Schemas of a workflow's data: JSON Schema, compiled once. */
import { Ajv } from 'ajv';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import type { DataRule } from './definition.ts';
import { fault } from './faults.ts';
import { patternEngine, withPatterns } from './schema-patterns.ts';

const compiled = new WeakMap<object, ValidateFunction>();

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
  const check = checkOf(document, instance);
  const checked = withPatterns(() => check(data));
  if (checked === null) {
    throw fault('validation', `The ${side} was not checked: a pattern of its schema takes too long for it`, {
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

function checkOf(document: object, instance: string): ValidateFunction {
  const found = compiled.get(document);
  if (found) return found;
  try {
    const check = compile(document);
    compiled.set(document, check);
    return check;
  } catch (cause) {
    throw fault('configuration', `The schema is not valid: ${cause instanceof Error ? cause.message : cause}`, {
      instance,
    });
  }
}
