/** JSON schemas that callers bring along: small, without patterns that a text can stand still in, and forgotten after use. */
import { Ajv } from 'ajv';
import type { TSchema } from 'typebox';
import { messageOf } from '#core/errors.ts';
import type { Check } from '#core/http/validate.ts';
import { coreErrors } from '#core/plugin.ts';

const MOST_CHARACTERS = 20_000;
/** Regular expressions, what compares each with each, and what is fetched from elsewhere. */
const REFUSED = new Set(['pattern', 'patternProperties', 'uniqueItems', '$ref', '$dynamicRef', '$schema', '$id']);
/** Under these stand names that callers choose, with a schema each. */
const NAMED = new Set(['properties', '$defs', 'definitions', 'dependencies', 'dependentSchemas']);
/** What stands under these is no schema. */
const VALUES = new Set(['enum', 'const', 'examples', 'default']);
/** Values in a schema, with the names of what they are: compiling one takes about a millisecond for each two. */
const MOST_IN_SCHEMA = 1_000;
/** Each value of an answer may be compared with each of the schema (`anyOf`, `enum`), in less than a microsecond. */
const MOST_COMPARED = 2_000_000;

/** The check of a schema from outside. Throws `bad_request` for one that is too large, or is none. */
export function outsideCheck(schema: Readonly<Record<string, unknown>>): Check {
  const text = JSON.stringify(schema);
  if (text.length > MOST_CHARACTERS)
    throw coreErrors.bad_request({ message: `A schema has ${MOST_CHARACTERS} characters at most` });
  const size = valuesIn(schema);
  if (size > MOST_IN_SCHEMA)
    throw coreErrors.bad_request({ message: `A schema has ${MOST_IN_SCHEMA} values at most, and this one ${size}` });
  const refused = keywordIn(schema);
  if (refused) throw coreErrors.bad_request({ message: `The schema may not use \`${refused}\`` });
  try {
    const validate = new Ajv({ strict: false, allErrors: false, validateFormats: false }).compile(JSON.parse(text));
    return (value) => {
      if (valuesIn(value) * size > MOST_COMPARED)
        return [{ path: ['answer'], message: 'is too large for this schema', keyword: 'schema' }];
      if (validate(value)) return null;
      const [first] = validate.errors ?? [];
      const path = ['answer', ...(first?.instancePath ?? '').split('/').slice(1)];
      return [{ path, message: first?.message ?? 'is not valid', keyword: first?.keyword ?? 'schema' }];
    };
  } catch (error) {
    throw coreErrors.bad_request({ message: `That is no JSON schema: ${messageOf(error)}` });
  }
}

/** A property may be called `pattern`; a keyword may not. */
function keywordIn(schema: unknown, isNames = false): string | null {
  if (typeof schema !== 'object' || schema === null) return null;
  for (const [name, value] of Object.entries(schema)) {
    if (!isNames && !Array.isArray(schema) && REFUSED.has(name)) return name;
    const isNext = !isNames && NAMED.has(name);
    if (!isNames && VALUES.has(name)) continue;
    const found = keywordIn(value, isNext);
    if (found) return found;
  }
  return null;
}

/** The value itself, and all that are in it. */
function valuesIn(value: unknown): number {
  const waiting: unknown[] = [value];
  let count = 0;
  for (; waiting.length > 0; count++) {
    const one = waiting.pop();
    if (typeof one === 'object' && one !== null) for (const inside of Object.values(one)) waiting.push(inside);
  }
  return count;
}

/** What callers give as a schema. */
export function asSchema(schema: Readonly<Record<string, unknown>>): TSchema {
  return { ...schema };
}
