/** Compiles schemas from outside, and checks answers by them, where nobody else has to wait for it. */
import { parentPort } from 'node:worker_threads';
import { Ajv, type ValidateFunction } from 'ajv';
import type { Issue } from '#core/kit.ts';
import { messageOf } from '#core/thread-kit.ts';

export interface OutsideWork {
  /** JSON. */
  schema: string;
  /** Without it the schema is compiled alone. */
  answer?: { value: unknown };
}

export interface OutsideReply {
  /** What is wrong with the schema. */
  invalid?: string;
  /** What is wrong with the answer. */
  issue?: Issue;
}

const LONGEST_REASON = 500;
/** The latest, which its answer follows soon. */
const MOST_KEPT = 20;
const kept = new Map<string, ValidateFunction>();

parentPort?.on('message', (work: OutsideWork) => parentPort?.postMessage(replyTo(work)));
parentPort?.postMessage('ready');

function replyTo({ schema, answer }: OutsideWork): OutsideReply {
  let validate: ValidateFunction;
  try {
    validate = compiled(schema);
  } catch (error) {
    return { invalid: `That is no JSON schema: ${messageOf(error).slice(0, LONGEST_REASON)}` };
  }
  if (!answer || validate(answer.value)) return {};
  const [first] = validate.errors ?? [];
  const path = ['answer', ...(first?.instancePath ?? '').split('/').slice(1)];
  return { issue: { path, message: first?.message ?? 'is not valid', keyword: first?.keyword ?? 'schema' } };
}

function compiled(schema: string): ValidateFunction {
  const found = kept.get(schema);
  if (found) return found;
  const made = new Ajv({ strict: false, allErrors: false, validateFormats: false, logger: false }).compile(
    JSON.parse(schema),
  );
  kept.set(schema, made);
  for (const oldest of kept.keys()) {
    if (kept.size <= MOST_KEPT) break;
    kept.delete(oldest);
  }
  return made;
}
