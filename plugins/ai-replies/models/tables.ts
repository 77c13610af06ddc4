/** Rows of the tables of models. Times are ms since the epoch, money is in millionths of the currency. */
import type { OwnedTables } from '#core/plugin.ts';

import type { Abilities } from './ability-types.ts';
import type { Purpose } from './types.ts';

export interface ProviderRow {
  id: number;
  uuid: string;
  tenant_id: string;
  name: string;
  /** JSON of `ProviderSettings`. */
  settings: string;
  /** Sealed; null without one. */
  api_key: string | null;
  /** Its place in the order of the tenant's own, which come before those of the configuration. */
  place: number;
  created_at: number;
  updated_at: number;
}

/** What was found of a provider when it was tried. */
export interface AbilityRow extends Abilities {
  tenant_id: string;
  provider: string;
  /** Of its kind, address and model. */
  identity: string;
  tried_at: number;
}

export type CallOutcome = 'open' | 'answered' | 'failed' | 'cancelled' | 'lost';

export interface CallRow {
  id: number;
  uuid: string;
  tenant_id: string;
  purpose: Purpose;
  provider: string;
  model: string;
  robot_id: string | null;
  contact_id: string | null;
  conversation_id: string | null;
  workflow_id: string | null;
  outcome: CallOutcome;
  error: string;
  input_tokens: number;
  output_tokens: number;
  /** What it has cost by the provider's figures; while it is open, and when it was lost, what it may have cost. */
  micros: number;
  duration_ms: number;
  created_at: number;
}

/** Whose money: of all of a tenant, and of each that has asked or was asked. */
export type SpendKind = 'tenant' | 'robot' | 'contact' | 'workflow' | 'provider' | 'purpose';

export interface SpendRow {
  tenant_id: string;
  kind: SpendKind;
  /** Id or name; '' of a tenant. */
  subject: string;
  /** Days since the epoch, UTC. */
  day: number;
  calls: number;
  failures: number;
  input_tokens: number;
  output_tokens: number;
  micros: number;
}

export const BUDGET_KINDS = ['tenant', 'robot', 'contact', 'workflow'] as const;
export const BUDGET_PERIODS = ['day', 'month'] as const;
export type BudgetKind = (typeof BUDGET_KINDS)[number];

export interface BudgetRow {
  id: number;
  uuid: string;
  tenant_id: string;
  kind: BudgetKind;
  /** Id; '' of a tenant; '*' for each one that has no budget of its own. */
  subject: string;
  period: 'day' | 'month';
  micros: number;
  created_at: number;
  updated_at: number;
}

/** What was told of a budget: once for each of its subjects, periods and steps. */
export interface BudgetToldRow {
  budget: number;
  subject: string;
  /** First day of the period. */
  day: number;
  percent: number;
}

declare global {
  namespace Patchbay {
    interface Tables {
      ai_replies_abilities: AbilityRow;
      ai_replies_providers: ProviderRow;
      ai_replies_calls: CallRow;
      ai_replies_spend: SpendRow;
      ai_replies_budgets: BudgetRow;
      ai_replies_budgets_told: BudgetToldRow;
    }
  }
}

/** What is remembered of them is forgotten in the same transaction. */
const BY_ERASURE = { by: 'models/erasure.ts' };

/** Whose they are. */
export const modelTables = {
  ai_replies_abilities: { 'tenant.deleted': BY_ERASURE },
  ai_replies_providers: { 'tenant.deleted': BY_ERASURE },
  ai_replies_budgets: { 'tenant.deleted': BY_ERASURE },
  ai_replies_spend: { 'tenant.deleted': 'tenant_id', 'contact.erased': { by: 'replies/erasure.ts' } },
  ai_replies_calls: {
    'tenant.deleted': { where: { tenant_id: 'tenant_id' }, isLarge: true },
    'robot.erased': { kept: 'what a model has cost' },
    // Before the sums: a call that ends meanwhile would add to them.
    'contact.erased': { by: 'replies/erasure.ts' },
  },
} satisfies OwnedTables;
