/**
 * JSON schemas that callers bring along: small, without patterns that a text can stand still in, and forgotten after use. They
 * are compiled, and answers checked by them, in a thread that is ended when it takes too long; a tenant has one place there.
 */
import type { TSchema } from 'typebox';
import { createTurns, type Issue, ThreadLost } from '#core/kit.ts';
import { coreErrors } from '#core/plugin.ts';
import type { OutsideReply, OutsideWork } from './schema-worker.ts';

const MOST_CHARACTERS = 20_000;
/** Regular expressions, what compares each with each, and what is fetched from elsewhere. */
const REFUSED = new Set(['pattern', 'patternProperties', 'uniqueItems', '$ref', '$dynamicRef', '$schema', '$id']);
/** Under these stand names that callers choose, with a schema each. */
const NAMED = new Set(['properties', '$defs', 'definitions', 'dependencies', 'dependentSchemas']);
/** What stands under these is no schema. */
const VALUES = new Set(['enum', 'const', 'examples', 'default']);
/** Values in a schema, with the names of what they are: compiling one takes up to a millisecond for each two. */
const MOST_IN_SCHEMA = 1_000;
/** Each value of an answer may be compared with each of the schema (`anyOf`, `enum`), in less than a microsecond. */
const MOST_COMPARED = 2_000_000;

const LONGEST_MS = 5_000;
const turns = createTurns<OutsideWork, OutsideReply>({
  script: new URL('./schema-worker.ts', import.meta.url),
  threads: 2,
  limits: { heapMb: 64, youngMb: 16 },
  longestMs: LONGEST_MS,
});

/** What is wrong with an answer; null when nothing is. */
export type OutsideCheck = (value: unknown) => Promise<Issue[] | null>;

/** The check of a schema from outside, which `lane` has brought. Throws `bad_request` for one that is too large, or is none. */
export async function outsideCheck(lane: string, schema: Readonly<Record<string, unknown>>): Promise<OutsideCheck> {
  const text = JSON.stringify(schema);
  if (text.length > MOST_CHARACTERS)
    throw coreErrors.bad_request({ message: `A schema has ${MOST_CHARACTERS} characters at most` });
  const size = valuesIn(schema);
  if (size > MOST_IN_SCHEMA)
    throw coreErrors.bad_request({ message: `A schema has ${MOST_IN_SCHEMA} values at most, and this one ${size}` });
  const refused = keywordIn(schema);
  if (refused) throw coreErrors.bad_request({ message: `The schema may not use \`${refused}\`` });
  const compiled = await replyTo(lane, { schema: text });
  if (compiled.invalid) throw coreErrors.bad_request({ message: compiled.invalid });
  return async (value) => {
    if (valuesIn(value) * size > MOST_COMPARED) return [wrong('is too large for this schema')];
    const { invalid, issue } = await replyTo(lane, { schema: text, answer: { value } });
    if (invalid) return [wrong(invalid)];
    return issue ? [issue] : null;
  };
}

async function replyTo(lane: string, work: OutsideWork): Promise<OutsideReply> {
  try {
    return await turns.run(lane, work);
  } catch (error) {
    if (!(error instanceof ThreadLost) || error.reason === 'ended') throw error;
    return { invalid: error.reason === 'time' ? 'The schema takes too long' : 'The schema takes too much memory' };
  }
}

function wrong(message: string): Issue {
  return { path: ['answer'], message, keyword: 'schema' };
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
