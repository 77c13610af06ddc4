/** The other side of `child.ts`: takes its task by message, since that holds how to reach the database, and answers once. */
import { once } from 'node:events';
import { messageOf } from '../errors.ts';
import { limitOwnMemory } from '../threads/own-memory.ts';
import type { ChildMessage } from './child.ts';
import type { BackupStep } from './write-backup.ts';

export interface ChildTask {
  /** Real memory that it may have; the database and the files go through it piece by piece. */
  memoryMb: number;
}

/** `failed` begins the sentence when the work fails. */
export async function serveTask<Task extends ChildTask, Result>(
  failed: string,
  work: (task: Task, step: (state: BackupStep) => void) => Promise<Result>,
): Promise<void> {
  // A server that is gone wants no result, and would not tidy up after it.
  process.once('disconnect', () => process.exit(1));
  const [task]: Task[] = await once(process, 'message');
  if (task) await answer(task);
  process.disconnect();

  async function answer(task: Task): Promise<void> {
    limitOwnMemory(task.memoryMb * 1024 * 1024, () => {
      const message = `${failed}: it takes more than ${task.memoryMb} MB of memory`;
      void say({ failed: message }).then(() => process.exit(1));
    });
    try {
      await say({ result: await work(task, (step) => void say({ step })) });
    } catch (error) {
      await say({ failed: `${failed}: ${messageOf(error)}` });
    }
  }
}

function say(message: ChildMessage<unknown>): Promise<void> {
  return new Promise((resolve) => process.send?.(message, undefined, undefined, () => resolve()));
}
