/** Builds the platform for a command: everything but open ports, jobs and cron; closed again afterwards. */
import type { Purpose } from '../installation.ts';
import { createLog } from '../observability/log.ts';
import { createPlatform, type Platform } from '../platform.ts';

export async function withPlatform(purpose: Purpose, work: (platform: Platform) => Promise<void>): Promise<void> {
  const platform = await createPlatform({ purpose, log: createLog({ level: 'warn' }) });
  try {
    await work(platform);
  } finally {
    await platform.stop();
  }
}
