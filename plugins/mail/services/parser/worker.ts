/** The worker thread: takes raw messages, gives back what is in them. */
import { parentPort } from 'node:worker_threads';
import { type ParsedMessage, parseMessage } from './parse.ts';

export interface ParseRequest {
  raws: Uint8Array[];
}
export type ParseOutcome = { parsed: ParsedMessage } | { error: string };

parentPort?.on('message', async ({ raws }: ParseRequest) => {
  const outcomes: ParseOutcome[] = [];
  for (const raw of raws) {
    try {
      outcomes.push({ parsed: await parseMessage(raw) });
    } catch (error) {
      outcomes.push({ error: error instanceof Error ? error.message : String(error) });
    }
  }
  parentPort?.postMessage(outcomes);
});
