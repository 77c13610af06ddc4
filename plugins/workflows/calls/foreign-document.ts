/**
 * JSON or YAML that a server outside has sent. YAML takes seconds for each megabyte, in which nobody else would be served:
 * it is read in a thread, one document after another, with limits on time and memory.
 */
import { startThread } from '#core/threads/thread.ts';
import { isTooDeep } from '../language/yaml-depth.ts';

const WORKER = new URL('./yaml-worker.ts', import.meta.url);
const LONGEST_YAML = 2 * 1024 * 1024;
const TIMEOUT_MS = 15_000;
const MEMORY_MB = 512;

let latest: Promise<unknown> = Promise.resolve();

/** Throws for what is neither, too deep, or too much to read. */
export async function readDocument(text: string): Promise<unknown> {
  if (isTooDeep(text)) throw new Error('It is nested too deeply');
  try {
    return JSON.parse(text);
  } catch {
    if (text.length > LONGEST_YAML) throw new Error(`YAML of more than ${LONGEST_YAML} characters is not read`);
  }
  const turn = latest.then(() => readYaml(text));
  latest = turn.catch(() => {});
  return turn;
}

function readYaml(text: string): Promise<unknown> {
  const { promise, resolve, reject } = Promise.withResolvers<unknown>();
  const worker = startThread(WORKER, { workerData: text, limits: { heapMb: MEMORY_MB } });
  const timer = setTimeout(() => reject(new Error('It takes too long to read')), TIMEOUT_MS);
  worker.once('message', resolve).once('error', reject);
  worker.once('exit', () => reject(new Error('The thread that read it has ended')));
  return promise.finally(() => {
    clearTimeout(timer);
    void worker.terminate();
  });
}
