/** Compiles schemas that somebody brought, and checks data by them: in threads that are ended when it takes too long. */
import { Ajv } from 'ajv';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { messageOf } from '#core/thread-kit.ts';
import type { SchemaReply } from './strangers.ts';

const MOST_KEPT = 200;
const MOST_KEPT_LENGTH = 1024 * 1024;
const MOST_WRONG = 5;
const LONGEST_WRONG = 500;

const kept = new Map<string, ValidateFunction>();
let keptLength = 0;

/** Throws what is wrong with the schema itself. A schema says its draft in `$schema`; without it, it is 2020-12. */
export function compileSchema(document: object): ValidateFunction {
  const isOld = /draft-0[67]/.test(String((document as { $schema?: unknown }).$schema ?? ''));
  const ajv = new (isOld ? Ajv : Ajv2020)({ strict: false, allErrors: false, validateFormats: true, logger: false });
  (addFormats as unknown as (ajv: Ajv) => void)(ajv);
  return ajv.compile(document);
}

/** `schema` is JSON. */
export function checkHere(schema: string, data: unknown): SchemaReply {
  let check: ValidateFunction;
  try {
    check = keptOf(schema);
  } catch (cause) {
    return { invalid: messageOf(cause).slice(0, LONGEST_WRONG) };
  }
  if (check(data)) return { wrong: [] };
  const wrong = (check.errors ?? []).map(({ instancePath, message }) => `${instancePath || '/'} ${message}`);
  return { wrong: wrong.slice(0, MOST_WRONG).map((text) => text.slice(0, LONGEST_WRONG)) };
}

function keptOf(schema: string): ValidateFunction {
  const found = kept.get(schema);
  if (found) return found;
  const made = compileSchema(JSON.parse(schema));
  kept.set(schema, made);
  keptLength += schema.length;
  for (const oldest of kept.keys()) {
    if (kept.size <= MOST_KEPT && keptLength <= MOST_KEPT_LENGTH) break;
    kept.delete(oldest);
    keptLength -= oldest.length;
  }
  return made;
}
