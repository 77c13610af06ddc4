/** Work on backups in a process of its own: neither requests nor writes of the server wait for it, and it can be ended at any moment. */
import { fork } from 'node:child_process';
import { coreErrors } from '../errors.ts';
import type { Progress } from '../operations/operation.ts';
import type { BackupStep } from './write-backup.ts';

/** What such a process says. */
export type ChildMessage<Result> = { step: BackupStep } | { result: Result } | { failed: string };

/** Of such a process: the heap, and all of its memory. */
const HEAP_MB = 512;
export const MEMORY_MB = 1_024;

/** Its result. Throws `backup_failed` with what it says of itself, and `backup_ended` when it ended without a word. */
export function inProcess<Task extends object, Result>(
  file: URL,
  task: Task,
  { signal, report }: Pick<Progress, 'signal' | 'report'>,
): Promise<Result> {
  const { promise, resolve, reject } = Promise.withResolvers<Result>();
  const execArgv = [...process.execArgv, `--max-old-space-size=${HEAP_MB}`];
  const child = fork(file, { serialization: 'advanced', execArgv });
  const abort = (): void => void child.kill('SIGKILL');
  signal.addEventListener('abort', abort);
  if (signal.aborted) abort();
  child.on('message', (message: ChildMessage<Result>) => {
    if ('step' in message) report(message.step);
    else if ('result' in message) resolve(message.result);
    else reject(coreErrors.backup_failed({ message: message.failed }));
  });
  child.on('error', reject);
  child.on('exit', () => reject(coreErrors.backup_ended()));
  child.send(task);
  return promise.finally(() => signal.removeEventListener('abort', abort));
}
