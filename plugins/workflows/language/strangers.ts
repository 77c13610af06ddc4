/** What strangers wrote and nobody knows the end of: it runs in threads that are ended from outside, a tenant's in one at a time. */
import type { Turns } from '#core/kit.ts';
import { createTurns, ThreadLost } from '#core/thread-kit.ts';
import { LIMITS } from './compiled-expressions.ts';

export interface LongExpressions {
  kind: 'expressions';
  sources: readonly string[];
  /** All variables that they may name. */
  names: readonly string[];
  input: unknown;
  /** Those that they do name. */
  variables: Record<string, unknown>;
  /** Characters of JSON that a result may have. */
  largest: number;
  /** Each may take little. */
  isBrief: boolean;
  /** Also after one that fails. */
  goesOn: boolean;
}

export interface SchemaCheck {
  kind: 'schema';
  /** JSON of the schema. */
  schema: string;
  data: unknown;
}

/** `size` is characters of JSON, roughly. */
export type LongReply = { output: unknown; size: number } | { failure: string } | { tooLarge: true };
/** What is wrong with the data, or with the schema. */
export type SchemaReply = { wrong: string[] } | { invalid: string };

type Reply = LongReply[] | SchemaReply;

/** Two, so that nobody's work waits for that of a single other. */
const THREADS = 2;
/** Its own limits end an expression before that; when they do not, the thread is ended with it. */
const LONGEST_MS = 6 * LIMITS.timeMs;

const MB = 1024 * 1024;
/** Of a thread for data of a megabyte, and of one for more for each megabyte more: values take several times their JSON. */
const HEAP_MB = 64;
const HEAP_FOR_MB = 16;

/** By the megabytes of their data: the limit of an installation, and what is asked without one. */
const pools = new Map<number, Turns<LongExpressions | SchemaCheck, Reply>>();

function turnsFor(largest: number): Turns<LongExpressions | SchemaCheck, Reply> {
  const sizeMb = Math.max(1, Math.ceil(largest / MB));
  const known = pools.get(sizeMb);
  if (known) return known;
  const made = createTurns<LongExpressions | SchemaCheck, Reply>({
    script: new URL('./strangers-worker.ts', import.meta.url),
    threads: THREADS,
    limits: { heapMb: HEAP_MB + HEAP_FOR_MB * (sizeMb - 1), youngMb: 16, outsideMb: 24 + 4 * sizeMb },
    longestMs: LONGEST_MS,
  });
  pools.set(sizeMb, made);
  return made;
}

/** Of the first expressions, at least of one. `lane` is whose they are. */
export async function runLong(lane: string, expressions: Omit<LongExpressions, 'kind'>): Promise<LongReply[]> {
  try {
    const turns = turnsFor(expressions.largest);
    return (await turns.run(lane, { kind: 'expressions', ...expressions })) as LongReply[];
  } catch (error) {
    return [{ failure: reasonOf(error) }];
  }
}

/** Null when it takes too long, or too much memory. `largest` is characters of JSON that data may have. */
export async function checkLong(
  lane: string,
  largest: number,
  schema: string,
  data: unknown,
): Promise<SchemaReply | null> {
  try {
    return (await turnsFor(largest).run(lane, { kind: 'schema', schema, data })) as SchemaReply;
  } catch (error) {
    if (reasonOf(error)) return null;
    throw error;
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof ThreadLost) {
    if (error.reason === 'time') return `more than ${LIMITS.timeMs} ms`;
    if (error.reason === 'memory') return 'more memory than an expression may have';
    return error.message;
  }
  if (error instanceof RangeError || (error instanceof Error && error.name === 'DataCloneError'))
    return 'nested too deeply for a long expression';
  throw error;
}
