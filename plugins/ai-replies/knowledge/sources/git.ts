/**
 * A repository over HTTPS, by git's smart protocol: the newest commit of a branch alone. A thread reads what the server has packed;
 * whatever it asks of the network goes through the platform's walls.
 */
import { messageOf, type Outbound, startThread } from '#core/kit.ts';
import type { GitAnswer, GitOrder, GitQuestion } from './git-worker.ts';
import { type SourceFile, type SourceItem, type SourceListing, type SourceOrder, SourceProblem } from './types.ts';

const WORKER = new URL('./git-worker.ts', import.meta.url);
/** A clone asks for the names, then for the objects. */
const MOST_REQUESTS = 6;
const TIMEOUT_MS = 120_000;
const MOST_MS = 300_000;
const PACK_BYTES = 100 * 1024 * 1024;
const LIMITS = { heapMb: 256, outsideMb: 512 };

export async function listGit(outbound: Outbound, order: SourceOrder): Promise<SourceListing> {
  const { url, within, branch, maxFileBytes, authorization, signal } = order;
  const workerData: GitOrder = { url, within, branch, maxFileBytes };
  const thread = startThread(WORKER, { workerData, stdout: true, stderr: true, limits: LIMITS });
  const late = setTimeout(() => void thread.terminate(), MOST_MS).unref();
  const close = (): void => {
    clearTimeout(late);
    signal.removeEventListener('abort', close);
    void thread.terminate();
  };
  signal.addEventListener('abort', close);
  let requests = 0;
  let told: PromiseWithResolvers<GitAnswer> | null = null;
  let over: SourceProblem | null = null;
  const fail = (sentence: string): void => {
    over ??= new SourceProblem(sentence);
    told?.reject(over);
  };
  thread.on('message', (message: GitAnswer | GitQuestion) => {
    if ('request' in message) void fetchFor(message);
    else told?.resolve(message);
  });
  thread.on('error', () => fail('The repository takes too much memory to read, or is damaged'));
  thread.on('exit', () => fail('The repository takes too long or too much memory to read'));
  try {
    const listed = await ask(null);
    if (!('items' in listed)) throw new SourceProblem('The repository could not be read');
    const { items, version, left } = listed;
    // Where it names too many, the others are there all the same.
    const unseen = new Set(left.length > 0 ? [''] : []);
    return { items, arePages: false, version, left, unseen, files, close };
  } catch (error) {
    close();
    signal.throwIfAborted();
    throw error;
  }

  async function* files(wanted: readonly SourceItem[]): AsyncGenerator<SourceFile> {
    for (const { path, version } of wanted) {
      const answer = await ask(version);
      if ('bytes' in answer) yield { path, version, bytes: Buffer.from(answer.bytes) };
    }
  }

  /** Null: what there is. One question at a time. */
  async function ask(oid: string | null): Promise<GitAnswer> {
    signal.throwIfAborted();
    // Nobody would answer: it may have ended between two questions.
    if (over) throw over;
    told = Promise.withResolvers<GitAnswer>();
    const { promise } = told;
    thread.postMessage({ oid });
    const answer = await promise;
    if ('problem' in answer) throw new SourceProblem(answer.problem);
    return answer;
  }

  async function fetchFor({ request, method, url: wanted, headers, body }: GitQuestion): Promise<void> {
    try {
      if (++requests > MOST_REQUESTS)
        throw new SourceProblem('The server of the repository sends from one address to another');
      const isOwn = new URL(wanted).origin === new URL(url).origin;
      const answer = await outbound.request(wanted, {
        method,
        headers: { ...headers, ...(isOwn && authorization !== null && { authorization }) },
        ...(body && { body: Buffer.from(body) }),
        timeoutMs: TIMEOUT_MS,
        maxBytes: PACK_BYTES,
        signal,
      });
      thread.postMessage({
        request,
        status: answer.status,
        headers: answer.headers,
        url: answer.url,
        body: answer.body,
      });
    } catch (error) {
      thread.postMessage({ request, error: messageOf(error) });
    }
  }
}
