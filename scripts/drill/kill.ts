/** SIGKILL: the process has no time for anything. */
import { once } from 'node:events';
import type { Running } from '../bench/processes.ts';

export async function kill(platform: Running): Promise<void> {
  const gone = once(platform.process, 'exit');
  platform.process.kill('SIGKILL');
  await gone;
}
