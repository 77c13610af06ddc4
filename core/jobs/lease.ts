/** How long a job belongs to the process that has it. */
import type { Clock } from '../clock.ts';
import type { BoundJob } from './jobs.ts';

export const DEFAULT_TIMEOUT_MS = 60_000;
/** A lease outlives the time-out by this much; after it another process may take the job. */
const LEASE_MARGIN_MS = 30_000;

export function leaseEnd(clock: Clock, type: BoundJob | undefined): number {
  return clock.now() + longestLeaseMs(type);
}

export function longestLeaseMs(type: BoundJob | undefined): number {
  return (type?.timeoutMs ?? DEFAULT_TIMEOUT_MS) + LEASE_MARGIN_MS;
}
