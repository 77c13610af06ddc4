/** Control flow: what ends the work on an execution without being an error of it. Nothing in a workflow catches these. */

/** It waits: everything is in the database, the memory can go. */
export class Parked {}

/**
 * It was cancelled or suspended, or the process stops; or its tenant may run nothing for now (`held`), or is deleted with
 * all that it has (`erased`).
 */
export class Stopped {
  readonly reason: 'cancelled' | 'suspended' | 'shutdown' | 'held' | 'erased';
  constructor(reason: Stopped['reason']) {
    this.reason = reason;
  }
}

/** What it has done could not be saved: it goes on from what is in the database, once that can be written again. */
export class Unsaved {
  readonly cause: unknown;
  constructor(cause: unknown) {
    this.cause = cause;
  }
}

export function isSignal(thrown: unknown): thrown is Parked | Stopped | Unsaved {
  return thrown instanceof Parked || thrown instanceof Stopped || thrown instanceof Unsaved;
}
