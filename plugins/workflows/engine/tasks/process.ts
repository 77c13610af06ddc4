/** One process of `run: shell` or `run: container`, which ends with all that it has started when its task does. */
import { execFile, spawn } from 'node:child_process';
import { fault } from '../../language/faults.ts';

/** What a process or a script gave. */
export interface Result {
  code: number;
  stdout: string;
  stderr: string;
}

export interface ProcessOptions {
  command: readonly string[];
  env: Record<string, string>;
  /** Bytes of each of its two outputs. */
  mostBytes: number;
  signal: AbortSignal;
  /** A command that ends what the process has handed on to another one: a daemon. */
  ending?: readonly string[];
}

const ENDING_MS = 30_000;

/** Throws a fault when it cannot begin, or says too much; the signal's reason when it is aborted. */
export function runProcess({ command, env, mostBytes, signal, ending }: ProcessOptions): Promise<Result> {
  const { promise, resolve, reject } = Promise.withResolvers<Result>();
  if (signal.aborted) throw signal.reason;
  const [file = '', ...args] = command;
  // A group of its own: what a shell has started is ended with it.
  const child = spawn(file, args, { env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  const outputs = [child.stdout, child.stderr].map((stream) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    stream.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes <= mostBytes) chunks.push(chunk);
      else stop(fault('runtime', `The command has written more than ${mostBytes} bytes`));
    });
    return () => Buffer.concat(chunks).toString('utf8');
  });
  const abort = (): void => stop(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  child.once('error', (error) => reject(fault('runtime', error.message)));
  child.once('close', (code, killedBy) => {
    if (code === null) return reject(fault('runtime', `The command was ended by ${killedBy}`));
    const [stdout = '', stderr = ''] = outputs.map((text) => text());
    resolve({ code, stdout, stderr });
  });
  return promise.finally(() => signal.removeEventListener('abort', abort));

  function stop(reason: unknown): void {
    reject(reason);
    endGroup(child.pid);
    const [program, ...rest] = ending ?? [];
    if (program !== undefined) execFile(program, rest, { env, timeout: ENDING_MS }, () => {});
  }
}

function endGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}
