/**
 * Scripts in threads of their own: one script at a time in each, and a thread that hangs is ended and replaced. Those that
 * wait are taken in turn for each tenant.
 */
import type { Worker } from 'node:worker_threads';
import { startThread } from '#core/kit.ts';
import type { Services } from '#core/plugin.ts';
import type { WorkflowsConfig } from '../config.ts';
import type { FetchReply, FetchRequest, ScriptReply, ScriptRequest } from './script-worker.ts';

export interface Script {
  code: string;
  arguments: Record<string, unknown>;
  /** The script's `process.env`; null gives it no `process`. */
  environment: Record<string, unknown> | null;
  input: unknown;
  tenantId: string;
}

export interface ScriptResult {
  /** What it returned; undefined when nothing. */
  value: unknown;
  stdout: string;
  stderr: string;
  error: string | null;
}

export interface ScriptSandbox {
  /** Never throws for what the script does; rejects with the signal's reason when it is aborted. */
  run(script: Script, signal: AbortSignal): Promise<ScriptResult>;
  /** Resolves when few enough of the tenant's wait that another one may; rejects with the signal's reason when it is aborted. */
  room(tenantId: string, signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

interface Job {
  request: ScriptRequest;
  resolve(result: ScriptResult): void;
  fetches: number;
  /** Ends what it fetches with it. */
  over: AbortController;
}
interface Thread {
  worker: Worker;
  job: Job | null;
}

const WORKER = new URL('./script-worker.ts', import.meta.url);
/** A thread that does not answer so long after the script's time is ended: QuickJS itself hangs. */
const GRACE_MS = 1_000;
const MOST_FETCHES = 20;
/** Scripts of one tenant that nobody waits for, and have not begun. */
const MOST_WAITING = 16;
/** Node's own heap of a thread; the script's memory is QuickJS's, beside it. */
const THREAD_HEAP_MB = 64;

export function createScriptSandbox({ outbound, config, log }: Services & { config: WorkflowsConfig }): ScriptSandbox {
  const { memoryMb, timeoutMs, workers } = config.script;
  const threads = new Set<Thread>();
  /** By tenant, who take turns in the order in which they stand here. */
  const waiting = new Map<string, Job[]>();
  /** Who waits for room, in their order. */
  const hopeful = new Map<string, (() => void)[]>();
  let nextId = 1;
  let isClosed = false;

  return {
    run(script, signal) {
      return new Promise((resolve, reject) => {
        if (signal.aborted) return reject(signal.reason);
        const job: Job = {
          request: {
            id: nextId++,
            code: script.code,
            arguments: script.arguments,
            environment: script.environment,
            input: script.input,
            memoryBytes: memoryMb * 1024 * 1024,
            timeoutMs,
            maxOutputBytes: config.maxDataBytes,
          },
          fetches: 0,
          over: new AbortController(),
          resolve: (result) => {
            job.over.abort();
            signal.removeEventListener('abort', abort);
            resolve(result);
          },
        };
        const abort = (): void => {
          job.over.abort();
          leave(script.tenantId, job);
          const thread = [...threads].find((one) => one.job === job);
          if (thread) end(thread);
          reject(signal.reason);
        };
        signal.addEventListener('abort', abort, { once: true });
        const own = waiting.get(script.tenantId);
        if (own) own.push(job);
        else waiting.set(script.tenantId, [job]);
        pump();
      });
    },
    room(tenantId, signal) {
      if (signal.aborted) return Promise.reject(signal.reason);
      if ((waiting.get(tenantId)?.length ?? 0) < MOST_WAITING) return Promise.resolve();
      return new Promise((resolve, reject) => {
        const own = hopeful.get(tenantId) ?? [];
        hopeful.set(tenantId, own);
        const enter = (): void => {
          signal.removeEventListener('abort', leaveRoom);
          resolve();
        };
        const leaveRoom = (): void => {
          own.splice(own.indexOf(enter), 1);
          reject(signal.reason);
        };
        own.push(enter);
        signal.addEventListener('abort', leaveRoom, { once: true });
      });
    },
    async close() {
      isClosed = true;
      await Promise.all([...threads].map(({ worker }) => worker.terminate()));
    },
  };

  function pump(): void {
    while (waiting.size > 0 && !isClosed) {
      const thread = [...threads].find(({ job }) => job === null) ?? (threads.size < workers ? start() : null);
      const job = thread && next();
      if (!thread || !job) return;
      give(thread, job);
    }
  }

  /** The first of the tenant whose turn it is, who then stands behind the others. */
  function next(): Job | null {
    const [turn] = waiting;
    if (!turn) return null;
    const [tenantId, jobs] = turn;
    const job = jobs.shift() ?? null;
    waiting.delete(tenantId);
    if (jobs.length > 0) waiting.set(tenantId, jobs);
    if (jobs.length < MOST_WAITING) hopefulOf(tenantId)?.();
    return job;
  }

  function hopefulOf(tenantId: string): (() => void) | undefined {
    const own = hopeful.get(tenantId);
    const first = own?.shift();
    if (own?.length === 0) hopeful.delete(tenantId);
    return first;
  }

  function leave(tenantId: string, job: Job): void {
    const others = waiting.get(tenantId)?.filter((one) => one !== job) ?? [];
    if (others.length > 0) waiting.set(tenantId, others);
    else waiting.delete(tenantId);
    if (others.length < MOST_WAITING) hopefulOf(tenantId)?.();
  }

  function give(thread: Thread, job: Job): void {
    thread.job = job;
    thread.worker.ref();
    thread.worker.postMessage(job.request);
    const timer = setTimeout(() => {
      if (thread.job !== job) return;
      end(thread);
      job.resolve({ value: undefined, stdout: '', stderr: '', error: `The script took longer than ${timeoutMs} ms` });
    }, timeoutMs + GRACE_MS);
    timer.unref();
  }

  function start(): Thread {
    const limits = { heapMb: THREAD_HEAP_MB, outsideMb: memoryMb + THREAD_HEAP_MB };
    const worker = startThread(WORKER, { limits, stdout: false });
    const thread: Thread = { worker, job: null };
    threads.add(thread);
    worker.on('message', (message: ScriptReply | FetchRequest | { ready: true }) => {
      if ('ready' in message) return;
      if ('fetch' in message) return void answerFetch(thread, message);
      const { job } = thread;
      thread.job = null;
      worker.unref();
      if (message.isBroken) threads.delete(thread);
      job?.resolve(resultOf(message));
      pump();
    });
    worker.on('error', (error) => log.warn({ reason: error.message }, 'A thread for scripts has ended'));
    worker.on('exit', () => {
      threads.delete(thread);
      thread.job?.resolve({
        value: undefined,
        stdout: '',
        stderr: '',
        error: 'The script needed more memory than it may have',
      });
      thread.job = null;
      pump();
    });
    return thread;
  }

  function end(thread: Thread): void {
    thread.job = null;
    threads.delete(thread);
    void thread.worker.terminate();
    pump();
  }

  /** A script may have put a function of its own in the place of `JSON.stringify`. */
  function resultOf({ value, stdout, stderr, error }: ScriptReply): ScriptResult {
    try {
      return { value: value === undefined ? undefined : JSON.parse(value), stdout, stderr, error };
    } catch {
      return { value: undefined, stdout, stderr, error: 'The script gave something that is no JSON' };
    }
  }

  async function answerFetch({ worker, job }: Thread, asked: FetchRequest): Promise<void> {
    const { fetch, url, method, headers, body } = asked;
    const reply: FetchReply = { fetched: fetch, answer: null, error: null };
    try {
      if (!job || ++job.fetches > MOST_FETCHES) throw new Error(`A script may fetch ${MOST_FETCHES} times`);
      const answer = await outbound.request(url, {
        method,
        headers,
        ...(body !== undefined && { body }),
        timeoutMs,
        maxBytes: config.maxDataBytes,
        signal: job.over.signal,
      });
      reply.answer = JSON.stringify({ status: answer.status, headers: answer.headers, body: answer.text() });
    } catch (error) {
      reply.error = error instanceof Error ? error.message : String(error);
    }
    worker.postMessage(reply);
  }
}
