/** What administrators are told of: budgets that are used up, so that models are asked nothing until they begin anew. */
import type { AlertCondition } from '#core/plugin.ts';
import { periodStart } from './days.ts';
import type { ModelsScope } from './services.ts';
import { BUDGET_PERIODS, type BudgetKind, type BudgetRow } from './tables.ts';

const MOST = 100;

export const budgetAlert: AlertCondition = {
  name: 'ai-replies.budget',
  path: '/settings/ai/costs',
  templates: new URL('../mail-templates/', import.meta.url),
  /** One of a contact is there to stop that contact, and is nobody's alarm. */
  async holds({ db, clock }: ModelsScope) {
    const now = clock.now();
    const days = Object.fromEntries(BUDGET_PERIODS.map((period) => [period, periodStart(period, now)]));
    const told: { kind: BudgetKind; period: BudgetRow['period']; day: number | string }[] = await db
      .read('ai_replies_budgets')
      .join('ai_replies_budgets_told', 'ai_replies_budgets_told.budget', 'ai_replies_budgets.id')
      .whereNot('ai_replies_budgets.kind', 'contact')
      .where('ai_replies_budgets_told.percent', 100)
      .whereIn('ai_replies_budgets_told.day', Object.values(days))
      .limit(MOST)
      .select('ai_replies_budgets.kind', 'ai_replies_budgets.period', 'ai_replies_budgets_told.day');
    const used = told.filter(({ period, day }) => Number(day) === days[period]);
    if (used.length === 0) return null;
    const kinds = [...new Set(used.map(({ kind }) => kind))].sort();
    return `${used.length}${told.length === MOST ? '+' : ''} (${kinds.join(', ')})`;
  },
};
