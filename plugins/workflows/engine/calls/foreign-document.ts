/**
 * OpenAPI documents, JSON or YAML, that servers outside have sent. JSON of ten megabytes takes seconds, YAML takes them for
 * each megabyte; in these nobody else would be served. They are read in a thread, in turn for each tenant, with limits on time
 * and memory, and what comes back is one operation.
 */
import { createTurns, ThreadLost } from '#core/kit.ts';
import type { Operation } from './openapi-operation.ts';

const TIMEOUT_MS = 15_000;
const MEMORY_MB = 512;

const turns = createTurns<{ text: string; operationId: string }, { operation: Operation | null } | { failure: string }>(
  {
    script: new URL('./openapi-worker.ts', import.meta.url),
    threads: 1,
    limits: { heapMb: MEMORY_MB },
    longestMs: TIMEOUT_MS,
  },
);

/** The operation; null when there is none of that name. Throws for what is no document, too deep, or too much to read. */
export async function readOperation(lane: string, text: string, operationId: string): Promise<Operation | null> {
  const reply = await turns.run(lane, { text, operationId }).catch((error) => {
    if (!(error instanceof ThreadLost)) throw error;
    throw new Error(error.reason === 'time' ? 'It takes too long to read' : 'The thread that read it has ended');
  });
  if ('failure' in reply) throw new Error(reply.failure);
  return reply.operation;
}
