/** A thread that runs scripts in QuickJS: JavaScript in WebAssembly, which can reach nothing that it is not given. */
import { parentPort } from 'node:worker_threads';
import { getQuickJS, type QuickJSContext, type QuickJSHandle, shouldInterruptAfterDeadline } from 'quickjs-emscripten';

export interface ScriptRequest {
  id: number;
  code: string;
  arguments: Record<string, unknown>;
  environment: Record<string, unknown> | null;
  input: unknown;
  memoryBytes: number;
  timeoutMs: number;
  maxOutputBytes: number;
}

export interface ScriptReply {
  id: number;
  /** JSON; undefined when the script gave nothing. */
  value: string | undefined;
  stdout: string;
  stderr: string;
  error: string | null;
  /** The thread ends after this one. */
  isBroken?: boolean;
}

/** A question of the script to the outside; the answer comes as `{fetched}`. */
export interface FetchRequest {
  id: number;
  fetch: number;
  url: string;
  method: string;
  headers: Record<string, string>;
  body: string | undefined;
}
export interface FetchReply {
  fetched: number;
  /** JSON of status, headers and body. */
  answer: string | null;
  error: string | null;
}

const STACK_BYTES = 512 * 1024;
const MOST_HEADERS = 100;
const port = parentPort;
if (!port) throw new Error('This file runs in a worker thread');
const quickJs = await getQuickJS();
const fetches = new Map<number, (reply: FetchReply) => void>();
let nextFetch = 1;

port.on('message', (message: ScriptRequest | FetchReply) => {
  if ('fetched' in message) fetches.get(message.fetched)?.(message);
  else {
    void execute(message).then((reply) => {
      port.postMessage(reply);
      if (reply.isBroken) process.exit(0);
    });
  }
});
port.postMessage({ ready: true });

async function execute(request: ScriptRequest): Promise<ScriptReply> {
  let isBroken = false;
  const reply = await executed(request, () => {
    isBroken = true;
  });
  return isBroken ? { ...reply, isBroken } : reply;
}

async function executed(request: ScriptRequest, breaks: () => void): Promise<ScriptReply> {
  const deadline = Date.now() + request.timeoutMs;
  const runtime = quickJs.newRuntime();
  runtime.setMemoryLimit(request.memoryBytes);
  runtime.setMaxStackSize(STACK_BYTES);
  runtime.setInterruptHandler(shouldInterruptAfterDeadline(deadline));
  const context = runtime.newContext();
  const written = { stdout: '', stderr: '' };
  let forgetFetches = (): void => {};
  try {
    addConsole(context, written, request.maxOutputBytes);
    forgetFetches = addFetch(context, request);
    addVariables(context, request);
    // As the body of an async function: it may `return`, and it may `await`.
    const result = context.evalCode(`(async () => {${request.code}\n})()`, 'script.js');
    const promise = context.unwrapResult(result);
    const settled = context.resolvePromise(promise);
    promise.dispose();
    const value = await finished(settled);
    if (value === null) return failed(`The script took longer than ${request.timeoutMs} ms`);
    const handle = context.unwrapResult(value);
    const json = freed(handle, () =>
      context.typeof(handle) === 'undefined' ? undefined : stringified(context, handle),
    );
    if (json !== undefined && json.length > request.maxOutputBytes) {
      return failed(`The script gave ${json.length} bytes, more than the limit`);
    }
    return { id: request.id, value: json, ...written, error: null };
  } catch (error) {
    return failed(messageOf(error));
  } finally {
    try {
      forgetFetches();
      context.dispose();
      runtime.dispose();
    } catch {
      // A script that was ended in the middle leaves handles behind: this thread is given up.
      breaks();
    }
  }

  function failed(error: string): ScriptReply {
    return { id: request.id, value: undefined, ...written, error };
  }

  /** Lets the script's promises run, and waits for its fetches, until the deadline. */
  async function finished<T>(settled: Promise<T>): Promise<T | null> {
    let result: { value: T } | null = null;
    let failure: { error: unknown } | null = null;
    settled.then(
      (value) => {
        result = { value };
      },
      (error) => {
        failure = { error };
      },
    );
    while (!result && !failure && Date.now() < deadline) {
      const jobs = runtime.executePendingJobs();
      if (jobs.error) {
        const thrown = context.dump(jobs.error);
        jobs.error.dispose();
        throw thrown;
      }
      await new Promise((resolve) => setTimeout(resolve, fetches.size > 0 ? 2 : 0));
      if (!result && !failure && fetches.size === 0 && !runtime.hasPendingJob()) {
        await new Promise((resolve) => setTimeout(resolve, 0));
        if (!result && !failure) throw new Error('The script waits for something that never comes');
      }
    }
    if (failure) throw (failure as { error: unknown }).error;
    return result ? (result as { value: T }).value : null;
  }
}

/** What the script finds under its names: its arguments, also all together as `args`; its input and its environment. */
function addVariables(context: QuickJSContext, { environment, arguments: args, input }: ScriptRequest): void {
  for (const [name, value] of Object.entries({
    ...(environment && { process: { env: environment } }),
    ...args,
    input,
    args,
  })) {
    const handle = parsed(context, JSON.stringify(value ?? null));
    context.setProp(context.global, name, handle);
    handle.dispose();
  }
}

function addConsole(context: QuickJSContext, written: { stdout: string; stderr: string }, limit: number): void {
  const console = context.newObject();
  for (const [name, stream] of [
    ['log', 'stdout'],
    ['info', 'stdout'],
    ['warn', 'stderr'],
    ['error', 'stderr'],
  ] as const) {
    const write = context.newFunction(name, (...values) => {
      const line = values.map((value) => text(context.dump(value))).join(' ');
      if (written[stream].length + line.length <= limit) written[stream] += `${line}\n`;
    });
    context.setProp(console, name, write);
    write.dispose();
  }
  context.setProp(context.global, 'console', console);
  console.dispose();
}

/**
 * `await fetch(url, {method, headers, body})` gives `{status, headers, body, json()}`; the host decides what it may
 * reach. Gives a function that forgets requests without an answer.
 */
function addFetch(context: QuickJSContext, request: ScriptRequest): () => void {
  const open = new Map<number, { dispose(): void }>();
  const ask = context.newFunction('__fetch', (url, options) => {
    const wish = wishOf(context.getString(url), context.getString(options), request.maxOutputBytes);
    const number = nextFetch++;
    const promise = context.newPromise();
    const question: FetchRequest = { id: request.id, fetch: number, ...wish };
    open.set(number, promise);
    fetches.set(number, ({ answer, error }) => {
      fetches.delete(number);
      open.delete(number);
      if (!context.alive) return;
      const handle = context.newString(error ?? answer ?? '');
      if (error === null) promise.resolve(handle);
      else promise.reject(handle);
      handle.dispose();
      context.runtime.executePendingJobs();
    });
    port?.postMessage(question);
    return promise.handle;
  });
  context.setProp(context.global, '__fetch', ask);
  ask.dispose();
  context
    .unwrapResult(
      context.evalCode(`{
        const ask = globalThis.__fetch;
        delete globalThis.__fetch;
        globalThis.fetch = async (url, options = {}) => {
          const answer = JSON.parse(await ask(String(url), JSON.stringify(options)));
          return { ...answer, ok: answer.status < 300, text: async () => answer.body, json: async () => JSON.parse(answer.body) };
        };
      }`),
    )
    .dispose();
  // What the script did not wait for.
  return () => {
    for (const [number, promise] of open) {
      fetches.delete(number);
      promise.dispose();
    }
  };
}

/**
 * What is asked for, read here: the host, where everybody waits for everybody, gets no more than texts. Throws for what is too
 * much.
 */
function wishOf(url: string, options: string, limit: number): Omit<FetchRequest, 'id' | 'fetch'> {
  if (url.length + options.length > limit) throw new Error(`A request has at most ${limit} characters`);
  const { method, headers, body } = JSON.parse(options) ?? {};
  const named = Object.entries(headers ?? {}).map(([name, value]): [string, string] => [name, String(value)]);
  if (named.length > MOST_HEADERS) throw new Error(`A request has at most ${MOST_HEADERS} headers`);
  return {
    url,
    method: String(method ?? 'GET').toUpperCase(),
    headers: Object.fromEntries(named),
    body: typeof body === 'string' ? body : undefined,
  };
}

function parsed(context: QuickJSContext, json: string): QuickJSHandle {
  const parse = context.unwrapResult(context.evalCode('JSON.parse'));
  const argument = context.newString(json);
  const result = context.callFunction(parse, context.undefined, argument);
  argument.dispose();
  parse.dispose();
  return context.unwrapResult(result);
}

function stringified(context: QuickJSContext, handle: QuickJSHandle): string | undefined {
  const stringify = context.unwrapResult(context.evalCode('JSON.stringify'));
  const result = freed(stringify, () =>
    context.unwrapResult(context.callFunction(stringify, context.undefined, handle)),
  );
  return freed(result, () => (context.typeof(result) === 'string' ? context.getString(result) : undefined));
}

/** What the work gives; the handle is let go also when it throws. */
function freed<T>(handle: QuickJSHandle, work: () => T): T {
  try {
    return work();
  } finally {
    handle.dispose();
  }
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function messageOf(error: unknown): string {
  if (error instanceof Error)
    return error.message === 'interrupted' ? 'The script took too long' : `${error.name}: ${error.message}`;
  if (typeof error === 'object' && error !== null && 'message' in error) return String(error.message);
  return String(error);
}
