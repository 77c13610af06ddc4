/** What the operator wants to stand on invoices and checkout pages. */
import type { BillingConfig } from '../config.ts';

export interface BillingDocuments {
  /** Font file of PDF invoices. */
  font: string | null;
  /** How to pay, on the page of the manual provider. */
  instructions: string;
}

export function createBillingDocuments({ config }: { config: BillingConfig }): BillingDocuments {
  return { font: config.company.font, instructions: config.manual.instructions };
}
