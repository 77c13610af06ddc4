/** Reads a repository in a thread: its objects lie in memory, its requests are made by the main thread. */
import { parentPort, workerData } from 'node:worker_threads';
import git, { type GitHttpRequest, type GitHttpResponse } from 'isomorphic-git';
import { memoryFolder } from './memory-folder.ts';
import { MOST_ITEMS, type SourceItem } from './types.ts';

export interface GitOrder {
  url: string;
  within: string;
  branch: string;
  maxFileBytes: number;
}

export interface GitQuestion {
  request: number;
  method: string;
  url: string;
  headers: Record<string, string>;
  body: Uint8Array | null;
}

export type GitAnswer =
  | { items: SourceItem[]; version: string; left: string[] }
  | { bytes: Uint8Array }
  | { problem: string };

type Fetched =
  | { request: number; status: number; headers: Record<string, string>; url: string; body: Uint8Array }
  | { request: number; error: string };

const { url, within, branch, maxFileBytes }: GitOrder = workerData;
const MOST_DEPTH = 30;
const REMOTE = 'origin';
const FOLDER = '/repository';
const fs = memoryFolder();
const cache = {};
const asked = new Map<number, PromiseWithResolvers<GitHttpResponse>>();
const repository = { fs, dir: FOLDER, gitdir: FOLDER, cache };

async function request({ url: address, method = 'GET', headers = {}, body }: GitHttpRequest): Promise<GitHttpResponse> {
  const number = asked.size;
  const waiting = Promise.withResolvers<GitHttpResponse>();
  asked.set(number, waiting);
  const chunks: Uint8Array[] = [];
  if (body) for await (const chunk of body) chunks.push(chunk);
  const question: GitQuestion = {
    request: number,
    method,
    url: address,
    headers,
    body: body ? Buffer.concat(chunks) : null,
  };
  parentPort?.postMessage(question);
  return waiting.promise;
}

function fetched(answer: Fetched): void {
  const waiting = asked.get(answer.request);
  if ('error' in answer) {
    waiting?.reject(new Error(answer.error));
    return;
  }
  const { status, headers, url: address, body } = answer;
  waiting?.resolve({ url: address, statusCode: status, statusMessage: String(status), headers, body: once(body) });
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

async function list(): Promise<GitAnswer> {
  await git.init({ ...repository, bare: true });
  await git.addRemote({ ...repository, remote: REMOTE, url });
  const wanted = branch === '' ? {} : { ref: branch, remoteRef: branch };
  const { fetchHead } = await git.fetch({
    ...repository,
    http: { request },
    remote: REMOTE,
    depth: 1,
    singleBranch: true,
    tags: false,
    ...wanted,
  });
  if (!fetchHead) return { problem: 'There is no such branch' };
  const items: SourceItem[] = [];
  const left: string[] = [];
  await walk(fetchHead, '', 0, items, left);
  return { items, version: fetchHead, left: [...new Set(left)] };
}

/** The same folder may stand in many places: ten of them, ten deep, are ten thousand million to look at. */
const MOST_LOOKS = 100_000;
let looks = 0;

async function walk(oid: string, above: string, depth: number, items: SourceItem[], left: string[]): Promise<void> {
  const { tree } = await git.readTree({ ...repository, oid });
  for (const { path: name, type, oid: own, mode } of tree) {
    const path = above === '' ? name : `${above}/${name}`;
    if (name.startsWith('.') || name.includes('/')) continue;
    const leads = path.startsWith(within) || within.startsWith(`${path}/`);
    if (!leads) continue;
    if (items.length >= MOST_ITEMS || ++looks > MOST_LOOKS) {
      left.push(`More than ${MOST_ITEMS} files`);
      return;
    }
    if (type === 'tree' && depth < MOST_DEPTH) await walk(own, path, depth + 1, items, left);
    // Not where a link leads.
    else if (type === 'blob' && mode !== '120000' && path.startsWith(within)) items.push({ path, version: own });
  }
}

async function contentOf(oid: string): Promise<GitAnswer> {
  const { blob } = await git.readBlob({ ...repository, oid });
  // What is too large is said to be so by who takes it.
  return { bytes: blob.subarray(0, maxFileBytes + 1) };
}

function problemOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  if (/\b401\b|\b403\b/.test(message))
    return 'The repository may not be read: its name of the user or its token is wrong';
  return `The repository could not be read: ${message.slice(0, 300)}`;
}

parentPort?.on('message', async (message: Fetched | { oid: string | null }) => {
  if ('request' in message) return fetched(message);
  try {
    parentPort?.postMessage(message.oid === null ? await list() : await contentOf(message.oid));
  } catch (error) {
    parentPort?.postMessage({ problem: problemOf(error) } satisfies GitAnswer);
  }
});
