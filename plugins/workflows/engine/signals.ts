/** What ends the work on an execution without being an error of it. Nothing in a workflow catches these. */

/** It waits: everything is in the database, the memory can go. */
export class Parked {}

/** It was cancelled or suspended, or the process stops. */
export class Stopped {
  readonly reason: 'cancelled' | 'suspended' | 'shutdown';
  constructor(reason: Stopped['reason']) {
    this.reason = reason;
  }
}

export function isSignal(thrown: unknown): thrown is Parked | Stopped {
  return thrown instanceof Parked || thrown instanceof Stopped;
}
