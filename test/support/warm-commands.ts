/**
 * Runs `patchbay` beside the test, in one process for command after command, which has loaded the platform once: for tests
 * of what a command does. That it can be started, and ends by itself, is what command-line.ts is for.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { CACHE, type Result, ROOT } from './command-line.ts';

/** What the process is sent. */
export interface WarmCommand {
  number: number;
  args: string[];
  /** Nothing of the machine gets in. */
  env: NodeJS.ProcessEnv;
  cwd: string;
  /** Written to both streams when the command is done; on stdout its exit code follows. */
  mark: string;
}

let child: ChildProcess | null = null;
let count = 0;
let last: Promise<unknown> = Promise.resolve();

/** The same as `patchbay`; a command that ends its process ends itself alone. */
export function warmPatchbay(args: string[], env: NodeJS.ProcessEnv = {}, cwd = ROOT): Promise<Result> {
  const result = last.then(() => run(args, { PATH: process.env.PATH, ...env }, cwd));
  last = result.catch(() => {});
  return result;
}

async function run(args: string[], env: NodeJS.ProcessEnv, cwd: string): Promise<Result> {
  child ??= start();
  const { stdout, stderr } = child;
  if (!stdout || !stderr) throw new Error('The process of the commands has no output');
  const mark = `\n${randomUUID()}\n`;
  const written = Promise.all([until(stdout, new RegExp(`${mark}(\\d+)\n`)), until(stderr, new RegExp(`${mark}()`))]);
  const command: WarmCommand = { number: ++count, args, env, cwd, mark };
  child.send(command);
  const [out, err] = await written;
  return { code: Number(out.found), out: out.before, err: err.before };
}

function start(): ChildProcess {
  const started = fork(join(import.meta.dirname, 'warm-command-process.ts'), [], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: { PATH: process.env.PATH, ...CACHE },
  });
  started.once('exit', () => {
    child = null;
  });
  return started;
}

/** What a stream brings before the mark, and what stands in it. */
function until(stream: Readable, mark: RegExp): Promise<{ before: string; found: string }> {
  return new Promise((resolve, reject) => {
    let text = '';
    stream.on('data', hear);
    stream.once('close', closed);

    function hear(chunk: Buffer): void {
      text += chunk;
      const match = mark.exec(text);
      if (!match) return;
      stop();
      resolve({ before: text.slice(0, match.index), found: match[1] ?? '' });
    }
    function closed(): void {
      stop();
      reject(new Error(`The command ended its process, which is for several: ${text}`));
    }
    function stop(): void {
      stream.off('data', hear);
      stream.off('close', closed);
    }
  });
}
