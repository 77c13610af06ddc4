/** Rows of trials. */

export interface TrialRow {
  product_id: number;
  /** As `trialAddress` spells it. */
  email: string;
  licence_id: number;
}

declare global {
  namespace Patchbay {
    interface Tables {
      licensing_trials: TrialRow;
    }
  }
}
