/** JSON schemas that callers bring along: small, without patterns that a text can stand still in, and forgotten after use. */
import { Ajv } from 'ajv';
import type { TSchema } from 'typebox';
import { messageOf } from '#core/errors.ts';
import type { Check } from '#core/http/validate.ts';
import { coreErrors } from '#core/plugin.ts';

const MOST_CHARACTERS = 20_000;
/** Regular expressions, what compares each with each, and what is fetched from elsewhere. */
const REFUSED = new Set(['pattern', 'patternProperties', 'uniqueItems', '$ref', '$dynamicRef', '$schema', '$id']);

/** The check of a schema from outside. Throws `bad_request` for one that is too large, or is none. */
export function outsideCheck(schema: Readonly<Record<string, unknown>>): Check {
  const text = JSON.stringify(schema);
  if (text.length > MOST_CHARACTERS)
    throw coreErrors.bad_request({ message: `A schema has ${MOST_CHARACTERS} characters at most` });
  const refused = keywordIn(schema);
  if (refused) throw coreErrors.bad_request({ message: `The schema may not use \`${refused}\`` });
  try {
    const validate = new Ajv({ strict: false, allErrors: false, validateFormats: false }).compile(JSON.parse(text));
    return (value) => {
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
    const isNext = !isNames && (name === 'properties' || name === '$defs' || name === 'definitions');
    if (name === 'enum' || name === 'const' || name === 'examples' || name === 'default') continue;
    const found = keywordIn(value, isNext);
    if (found) return found;
  }
  return null;
}

/** What callers give as a schema. */
export function asSchema(schema: Readonly<Record<string, unknown>>): TSchema {
  return { ...schema };
}
