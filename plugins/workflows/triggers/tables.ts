/** Rows of triggers: events that wait for others. */

/** Events that a workflow's `schedule.on` still needs the others for. */
export interface GatheredRow {
  id: number;
  workflow_id: number;
  /** JSON: the events, and the values that they share. */
  received: string;
  /** Digest of the first event, or the event that completed them while its execution is being started. */
  correlation: string;
  created_at: number;
}

declare global {
  namespace Patchbay {
    interface Tables {
      workflows_gathered: GatheredRow;
    }
  }
}
