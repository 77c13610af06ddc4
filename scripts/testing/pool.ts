/**
 * Runs test files in worker processes, several at a time. A worker that says nothing for longer than its test may take is
 * ended together with what it started, its file counts as failed, and another worker goes on.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { environment } from '../setup.mjs';
import type { Ended, FromWorker } from './messages.ts';
import { type Job, jobName, ROOT, type TestDatabase } from './plan.ts';

export interface Outcome extends Omit<Ended, 'kind'> {
  job: Job;
  seconds: number;
  /** Everything that was printed meanwhile. */
  output: string;
}

export interface PoolOptions {
  workers: number;
  /** Environment of the workers of each database. */
  env: Record<TestDatabase, NodeJS.ProcessEnv>;
  ended(outcome: Outcome): void;
  /** How much longer than its test allows itself a worker may say nothing. */
  graceMs?: number;
}

/** Platforms come and go, and most of what they leave is young: with room for it a tenth less of the processor looks for what is alive. */
const FLAGS = ['--min-semi-space-size=32', '--max-semi-space-size=64'];
/** Over what a test or hook allows itself: on a busy machine even the word that it failed comes late. */
const LATE_MS = 60_000;
/** A test without a limit of its own. */
const LONGEST_MS = 600_000;
/** For writing down what it compiled. */
const END_LIMIT_MS = 5_000;

export async function runJobs(
  jobs: readonly Job[],
  { workers, env, ended, graceMs = LATE_MS }: PoolOptions,
): Promise<void> {
  const waiting = [...jobs];
  const folder = mkdtempSync(join(tmpdir(), 'patchbay-workers-'));
  const alive = new Set<ChildProcess>();
  const endAll = () => {
    for (const worker of alive) killGroup(worker);
    rmSync(folder, { recursive: true, force: true });
  };
  // Before others take the folder away that they write in.
  process.prependOnceListener('exit', endAll);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(1));
  await Promise.all(Array.from({ length: Math.min(workers, jobs.length) }, (_, number) => slot(number)));
  process.removeListener('exit', endAll);
  endAll();

  /** One place in which workers follow each other: another database and a worker's death need a new one. */
  async function slot(number: number): Promise<void> {
    let worker: Worker | null = null;
    for (let job = next(null); job; job = next(worker)) {
      if (!worker || worker.isDead() || worker.database !== job.database) {
        await worker?.end();
        worker = startWorker(job.database, join(folder, `output-${number}`));
      }
      const outcome = await worker.run(job);
      ended(outcome);
      // What failed may have left anything behind: the next file gets a process of its own.
      if (outcome.failed > 0) {
        await worker.end();
        worker = null;
      }
    }
    await worker?.end();
  }

  function next(worker: Worker | null): Job | undefined {
    const same = waiting.findIndex(({ database }) => database === worker?.database);
    return waiting.splice(Math.max(same, 0), 1)[0];
  }

  function startWorker(database: TestDatabase, file: string): Worker {
    const output = openSync(file, 'w+');
    const child = spawn(process.execPath, [...FLAGS, join(ROOT, 'scripts', 'testing', 'worker.ts')], {
      cwd: ROOT,
      env: environment(env[database]),
      stdio: ['ignore', output, output, 'ipc'],
      // A group of its own, so that what its tests started can be ended with it.
      detached: true,
    });
    closeSync(output);
    alive.add(child);
    child.once('exit', () => alive.delete(child));
    return workerOf(child, database, file, graceMs);
  }
}

interface Worker {
  database: TestDatabase;
  run(job: Job): Promise<Outcome>;
  isDead(): boolean;
  /** Resolves when the process is gone. */
  end(): Promise<void>;
}

function workerOf(child: ChildProcess, database: TestDatabase, file: string, graceMs: number): Worker {
  let read = 0;
  let death: string | null = null;
  child.once('exit', (code, signal) => {
    death ??= `the process ended (${signal ?? `exit code ${code}`})`;
  });
  // A worker that ends while it is told something: that it has ended is heard a moment later.
  child.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE' && error.code !== 'ERR_IPC_CHANNEL_CLOSED') death ??= error.message;
  });

  return {
    database,
    isDead: () => death !== null,
    async end() {
      if (death !== null) return;
      const gone = new Promise((resolve) => child.once('exit', resolve));
      child.send('end');
      const late = setTimeout(() => killGroup(child), END_LIMIT_MS);
      await gone;
      clearTimeout(late);
    },
    async run(job) {
      const began = performance.now();
      const counts = await answerOf(job);
      const text = readFileSync(file);
      const output = text.subarray(read).toString();
      read = text.length;
      return { job, ...counts, output, seconds: (performance.now() - began) / 1000 };
    },
  };

  function answerOf(job: Job): Promise<Omit<Ended, 'kind'>> {
    return new Promise((resolve) => {
      let current = jobName(job);
      let watchdog = setTimeout(tooLong, graceMs);
      child.on('message', hear);
      child.once('exit', died);
      if (death !== null) return died();
      child.send({ file: job.file });

      function hear(message: FromWorker): void {
        clearTimeout(watchdog);
        if (message.kind === 'ended') finish(message);
        else {
          current = message.title;
          watchdog = setTimeout(tooLong, (message.timeoutMs || LONGEST_MS) + graceMs);
        }
      }
      function tooLong(): void {
        death = 'it hung and was ended';
        killGroup(child);
      }
      function died(): void {
        finish({ passed: 0, failed: 1, failures: [`${current}: ${death}`], cpuSeconds: 0 });
      }
      function finish({ passed, failed, failures, cpuSeconds }: Omit<Ended, 'kind'>): void {
        clearTimeout(watchdog);
        child.off('message', hear);
        child.off('exit', died);
        resolve({ passed, failed, failures, cpuSeconds });
      }
    });
  }
}

/** The worker and everything that its tests have started. */
function killGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    // ESRCH: all of them have ended already.
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}
