/** Several processes on one database, whose work is one. */
import type { TestPlatform } from './harness.ts';

/**
 * Until nothing that is due waits or runs at any of them. To ask each for itself is not enough: what the first has left to the second
 * may come back to it when it has been asked already.
 */
export async function allIdle(...replicas: TestPlatform[]): Promise<void> {
  const [first] = replicas;
  if (!first) return;
  const { clock, services } = first;
  for (;;) {
    for (const replica of replicas) await replica.services.jobs.idle();
    const open = await services.db
      .write('core_jobs')
      .where((job) => job.where({ state: 'running' }).orWhere({ state: 'ready' }))
      .where('run_at', '<=', clock.now())
      .first('id');
    if (!open) return;
    // Timers whose time is now.
    await clock.advance(0);
  }
}
