/**
 * Counts what reading a mail does instead of timing it: how often each block of code is run, as V8 counts it. In a thread
 * that loads everything anew, because V8 counts only what is loaded after counting has begun.
 */
import { type Profiler, Session } from 'node:inspector/promises';
import { isMainThread, parentPort, Worker } from 'node:worker_threads';

export interface MailSteps {
  /** Steps of this work (a name of `mailWork`) on this mail. */
  count(work: string, mail: string): Promise<number>;
  close(): Promise<unknown>;
}

export function createMailSteps(): MailSteps {
  const thread = new Worker(new URL(import.meta.url));
  return {
    count: (work, mail) =>
      new Promise((resolve, reject) => {
        thread.once('error', reject);
        thread.once('message', (steps: number) => {
          thread.off('error', reject);
          resolve(steps);
        });
        thread.postMessage({ work, mail });
      }),
    close: () => thread.terminate(),
  };
}

if (!isMainThread && parentPort) {
  const port = parentPort;
  const session = new Session();
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
  const { mailWork } = await import('./mail-work.ts');
  port.on('message', async ({ work, mail }: { work: string; mail: string }) => {
    await session.post('Profiler.takePreciseCoverage');
    await mailWork[work]?.(mail);
    const { result } = await session.post('Profiler.takePreciseCoverage');
    port.postMessage(result.filter(({ url }) => !url.startsWith('node:')).reduce(countOf, 0));
  });
}

function countOf(sum: number, script: Profiler.ScriptCoverage): number {
  return script.functions.reduce((all, { ranges }) => ranges.reduce((some, { count }) => some + count, all), sum);
}
