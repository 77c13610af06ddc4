/** Starts the processes that a measurement compares, each on its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { environment, serverFlags } from '../setup.mjs';
import type { HttpLoad } from './http-load.ts';

export interface Figure {
  what: string;
  value: string;
  target: string;
  isMet: boolean;
}

export interface Running {
  process: ChildProcess;
  /** What the process said when it was ready. */
  ready: Record<string, unknown>;
  /** Its next line of JSON that is none of the log. Rejects when the process is gone. */
  next(): Promise<Record<string, unknown>>;
  stop(): Promise<void>;
}

export const ROOT_TOKEN = 'bench-root-token-0123456789';
export const ADMIN = { email: 'admin@example.com', username: 'admin', password: 'bench admin pass 4711' };

/** What a process says is always read, or it would stand still in the end; so much of it waits for who asks. */
const MOST_LINES = 10_000;

/** Starts a script of this folder; it prints one line of JSON when it is ready. */
export async function startScript(
  file: string,
  args: readonly string[] = [],
  env: NodeJS.ProcessEnv = {},
): Promise<Running> {
  const child = spawn(process.execPath, [...serverFlags, new URL(file, import.meta.url).pathname, ...args], {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    env: environment(env),
  });
  const said: string[] = [];
  let heard = Promise.withResolvers<void>();
  let isOver = false;
  const input = createInterface({ input: child.stdout as Readable });
  input.on('line', (line) => {
    if (!line.startsWith('{') || line.startsWith('{"level":')) return;
    said.push(line);
    if (said.length > MOST_LINES) said.shift();
    heard.resolve();
  });
  input.once('close', () => {
    isOver = true;
    heard.resolve();
  });
  const next = async (): Promise<Record<string, unknown>> => {
    for (;;) {
      const line = said.shift();
      if (line) return JSON.parse(line);
      if (isOver) throw new Error(`${file} ended without an answer`);
      heard = Promise.withResolvers();
      await heard.promise;
    }
  };
  return {
    process: child,
    ready: await next(),
    next,
    async stop() {
      if (child.exitCode !== null) return;
      child.kill('SIGTERM');
      await once(child, 'exit');
    },
  };
}

/** Runs a load to its end and gives what it measured. */
export async function runLoad(file: string, args: readonly string[]): Promise<Record<string, number>> {
  const load = await startScript(file, args);
  await load.stop();
  return load.ready as Record<string, number>;
}

/**
 * How long each side works before it is measured. V8 is still compiling in the first seconds of a load, caches of the system
 * fill, and a peer with processes of its own starts them: measured at once, the side that compiles less looks faster than
 * it is. PATCHBAY_BENCH_WARM_UP_SECONDS=0 is for trying a benchmark out, not for figures.
 */
const WARM_UP_SECONDS = Number(process.env.PATCHBAY_BENCH_WARM_UP_SECONDS ?? 10);

/** Calls `work` with the seconds that it shall last, unless there are none. */
export async function warmUp(work: (seconds: number) => Promise<unknown>): Promise<void> {
  if (WARM_UP_SECONDS > 0) await work(WARM_UP_SECONDS);
}

export interface SmtpLoad {
  port: unknown;
  sizeBytes: number;
  seconds: number;
  connections: number;
  /** `kept`: one mail after another on each connection; `once`: a connection for each mail. */
  mode?: 'kept' | 'once';
  /** At most so many mails; without it as many as are accepted. */
  perSecond?: number;
}

/** One measurement of `smtp-load.ts`, of a side that is warm. */
export async function runSmtpLoad(load: SmtpLoad): Promise<Record<string, number>> {
  const { port, sizeBytes, connections, mode = 'kept', perSecond = 0 } = load;
  const run = (seconds: number) =>
    runLoad('./smtp-load.ts', [port, sizeBytes, seconds, connections, mode, perSecond].map(String));
  await warmUp(run);
  return run(load.seconds);
}

/** One measurement of `http-load.ts`. */
export function runHttpLoad(load: HttpLoad): Promise<Record<string, number>> {
  return runLoad('./http-load.ts', [JSON.stringify(load)]);
}

export function temporaryFolder(): { path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'patchbay-bench-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** The platform with settings for a measurement, as a process of its own. */
export function startPlatformProcess(dataDir: string, extra: NodeJS.ProcessEnv = {}): Promise<Running> {
  return startScript('./platform-process.ts', [], { ...platformSettings(dataDir), ...extra });
}

export function platformSettings(dataDir: string): NodeJS.ProcessEnv {
  return {
    PATCHBAY_DATADIR: dataDir,
    PATCHBAY_HTTP__PORT: '0',
    PATCHBAY_HTTP__RATELIMIT__ENABLED: 'false',
    PATCHBAY_LOGGING__LEVEL: 'warn',
    PATCHBAY_PLUGINS__AUTH__REGISTRATION: 'open',
    PATCHBAY_PLUGINS__AUTH__ROOTTOKEN: ROOT_TOKEN,
    PATCHBAY_PLUGINS__AUTH__ADMIN: JSON.stringify(ADMIN),
    PATCHBAY_PLUGINS__MAIL__SMTP__PORT: '0',
    PATCHBAY_PLUGINS__MAIL__MAILBOXTTL: '0',
  };
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}
