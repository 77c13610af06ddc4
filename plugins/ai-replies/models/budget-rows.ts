/** Budgets as people set them. Table: ai_replies_budgets. */
import { isUniqueViolation } from '#core/kit.ts';
import type { Precondition, Services, Transaction } from '#core/plugin.ts';
import { aiErrors } from '../errors.ts';
import type { Budgets } from './budgets.ts';
import type { BudgetKind, BudgetRow } from './tables.ts';

export interface NewBudget {
  kind: BudgetKind;
  /** Id; '*' for each; of a tenant ''. */
  subject: string;
  period: 'day' | 'month';
  micros: number;
}

export interface BudgetRows {
  /** Throws `budget_exists`, `too_many_budgets`. */
  create(tenantId: string, budget: NewBudget): Promise<BudgetRow>;
  /** Throws `budget_not_found`. What was told is told again when it is reached again. */
  change(tenantId: string, uuid: string, micros: number, unchanged: Precondition): Promise<BudgetRow>;
  remove(tenantId: string, uuid: string): Promise<void>;
}

/** They are in memory while a tenant asks; `*` is one for each without naming any. */
const MOST = 1_000;

export function createBudgetRows({ db, clock, budgets }: Services & { budgets: Budgets }): BudgetRows {
  return {
    async create(tenantId, budget) {
      const now = clock.now();
      const row = { ...budget, uuid: crypto.randomUUID(), tenant_id: tenantId, created_at: now, updated_at: now };
      try {
        return await db.transaction(async (trx) => {
          const [kept] = await trx('ai_replies_budgets').where({ tenant_id: tenantId }).count({ total: '*' });
          if (Number(kept?.total ?? 0) >= MOST) throw aiErrors.too_many_budgets();
          const [made] = await trx('ai_replies_budgets').insert(row).returning('*');
          if (!made) throw new Error('A budget was not stored');
          await budgets.changed(trx);
          return made;
        });
      } catch (error) {
        throw isUniqueViolation(error) ? aiErrors.budget_exists() : error;
      }
    },
    change: (tenantId, uuid, micros, unchanged) =>
      db.transaction(async (trx) => {
        const before = await locked(trx, tenantId, uuid);
        unchanged(before);
        const patch = { micros, updated_at: clock.now() };
        await trx('ai_replies_budgets').where({ id: before.id }).update(patch);
        await trx('ai_replies_budgets_told').where({ budget: before.id }).delete();
        await budgets.changed(trx);
        return { ...before, ...patch };
      }),
    remove: (tenantId, uuid) =>
      db.transaction(async (trx) => {
        const { id } = await locked(trx, tenantId, uuid);
        await trx('ai_replies_budgets').where({ id }).delete();
        await budgets.changed(trx);
      }),
  };
}

async function locked(trx: Transaction, tenantId: string, uuid: string): Promise<BudgetRow> {
  const row = await trx('ai_replies_budgets').where({ tenant_id: tenantId, uuid }).forUpdate().first();
  if (!row) throw aiErrors.budget_not_found();
  return row;
}
