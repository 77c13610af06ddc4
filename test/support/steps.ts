/**
 * Counts what work does instead of timing it: how often each block of code is run, as V8 counts it, and how many characters
 * the language's own functions and patterns walk over. In a thread that loads everything anew, because V8 counts only what is
 * loaded after counting has begun. What a pattern tries again within one match is not seen: where that could be without end,
 * a text so long that the test would never end shows it.
 */
import { type Profiler, Session } from 'node:inspector/promises';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';

/** What a module for this exports as `work`, by name. */
export type Work = Readonly<Record<string, (input: any) => unknown>>;

export interface Steps {
  /** Steps of this work on this input. */
  count(work: string, input: unknown): Promise<number>;
  close(): Promise<unknown>;
}

/** `module` exports `work`. Whoever asked closes it. */
export function createSteps(module: URL): Steps {
  const thread = new Worker(new URL(import.meta.url), { workerData: { stepsOf: module.href } });
  return {
    count: (work, input) =>
      new Promise((resolve, reject) => {
        thread.once('error', reject);
        thread.once('message', (steps: number) => {
          thread.off('error', reject);
          resolve(steps);
        });
        thread.postMessage({ work, input });
      }),
    close: () => thread.terminate(),
  };
}

let walked = 0;

if (!isMainThread && parentPort && workerData?.stepsOf) {
  const port = parentPort;
  const session = new Session();
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
  const { work }: { work: Work } = await import(workerData.stepsOf);
  countWalks();
  port.on('message', async ({ work: name, input }: { work: string; input: unknown }) => {
    await session.post('Profiler.takePreciseCoverage');
    walked = 0;
    await work[name]?.(input);
    const walkedNow = walked;
    const { result } = await session.post('Profiler.takePreciseCoverage');
    port.postMessage(result.filter(isNotNodes).reduce(countOf, walkedNow));
  });
}

function isNotNodes({ url }: Profiler.ScriptCoverage): boolean {
  return !url.startsWith('node:') && url !== import.meta.url;
}

function countOf(sum: number, script: Profiler.ScriptCoverage): number {
  return script.functions.reduce((all, { ranges }) => ranges.reduce((some, { count }) => some + count, all), sum);
}

/** From now on, what the language's own functions walk over is added up. */
function countWalks(): void {
  const whole = function (this: { length: number }) {
    return this.length;
  };
  for (const name of ['toLowerCase', 'toUpperCase', 'trim', 'split', 'replaceAll'])
    counted(String.prototype, name, whole);
  counted(Buffer.prototype, 'toString', whole);
  counted(Buffer, 'concat', (bytes: Buffer) => bytes.length);
  for (const one of [String.prototype, Buffer.prototype])
    counted(one, 'indexOf', function (this: { length: number }, found: number, [, from = 0]: [unknown, number?]) {
      return (found < 0 ? this.length : found + 1) - Math.min(Number(from) || 0, this.length);
    });
  const { exec } = RegExp.prototype;
  RegExp.prototype.exec = function (text: string) {
    const { lastIndex, global, sticky } = this;
    const from = global || sticky ? lastIndex : 0;
    const found = exec.call(this, text);
    if (found) walked += found.index + found[0].length - from;
    else walked += sticky ? 1 : Math.max(0, text.length - from);
    return found;
  };
}

/** Has calls of `owner[name]` add what `cost` says of their result and arguments. */
function counted(owner: any, name: string, cost: (result: any, args: any) => number): void {
  const original = owner[name];
  owner[name] = function (this: unknown, ...args: unknown[]) {
    const result = original.apply(this, args);
    walked += Math.max(0, cost.call(this, result, args)) || 0;
    return result;
  };
}
