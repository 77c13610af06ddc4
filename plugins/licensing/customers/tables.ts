/** Rows of trials. */

export interface TrialRow {
  product_id: number;
  /** As `trialAddress` spells it. */
  email: string;
  licence_id: number;
}

declare module 'knex/types/tables.js' {
  interface Tables {
    licensing_trials: TrialRow;
  }
}
