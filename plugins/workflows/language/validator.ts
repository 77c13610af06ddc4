/** Has definitions validated by a thread, which is started when it is needed and ends when it is not. */
import { createTurns, ThreadLost } from '#core/kit.ts';
import { Options } from './options.ts';
import type { Validated } from './validate.ts';

export interface Validation {
  definition: string | object;
  /** Names of functions that plugins offer. */
  functions: readonly string[];
  allowShell: boolean;
}

/** `failure` is a fault of the validator itself, not of the definition. */
export type ValidatorReply = { result: Validated } | { failure: string };

/** The largest that are allowed take some seconds, and on a machine that is busy some more. */
const LONGEST_MS = 60_000;

const turns = createTurns<Validation, ValidatorReply>({
  script: new URL('./validator-worker.ts', import.meta.url),
  threads: 2,
  limits: { heapMb: 768, youngMb: 64 },
  longestMs: LONGEST_MS,
  // The schema of the options, without what it has beside its JSON. The thread is given it once: to make it there would double
  // the time to begin, and a copy with each request would be compiled for each.
  workerData: JSON.parse(JSON.stringify(Options)),
});

/** Everything that is wrong with a definition, or what it says. Of many tenants (`lane`), each waits for its turn. */
export async function validateDefinition(lane: string, validation: Validation): Promise<Validated> {
  try {
    const reply = await turns.run(lane, validation);
    if ('failure' in reply) throw new Error(`A definition could not be validated: ${reply.failure}`);
    return reply.result;
  } catch (error) {
    if (!(error instanceof ThreadLost) || error.reason === 'ended') throw error;
    const message = error.reason === 'time' ? 'This takes too long to check' : 'This takes too much memory to check';
    return { errors: [{ path: '', line: 1, column: 1, message }] };
  }
}
