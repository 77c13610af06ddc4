/** Rows of the tables of plans. Money is in the currency's minor unit, times are milliseconds since the epoch. */
import type { Cycle, PlanRefRow, PlanRow } from '../contract.ts';

export interface PriceRefRow {
  provider: string;
  price_ref: string;
  plan: number;
  billing_cycle: Cycle;
}

declare global {
  namespace Patchbay {
    interface Tables {
      billing_plans: PlanRow;
      billing_plan_refs: PlanRefRow;
      billing_price_refs: PriceRefRow;
    }
  }
}
