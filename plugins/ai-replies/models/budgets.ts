/**
 * Budgets in money. What is used up stops further calls; what is under way counts with what it may cost, so that many at once
 * do not overdraw it. Tables: ai_replies_budgets, ai_replies_spend, ai_replies_budgets_told.
 */
import { CLOCK_TOLERANCE_MS, createRemembered } from '#core/kit.ts';
import type { Services, Transaction } from '#core/plugin.ts';
import { aiErrors } from '../errors.ts';
import { dayOf, periodStart } from './days.ts';
import { BUDGET_KINDS, BUDGET_PERIODS, type BudgetKind, type BudgetRow } from './tables.ts';
import type { Asker } from './types.ts';

export interface Budgets {
  /**
   * Sets aside what a call may cost; gives what ends that. Throws `budget_exceeded` when a budget of who asks has nothing left
   * beside what is set aside.
   */
  reserve(asker: Asker, micros: number): Promise<() => void>;
  /** Tells of 50, 80 and 100 % that have been reached, once each. */
  tell(asker: Asker): Promise<void>;
  /** What was spent of it since a day. */
  used(budget: BudgetRow, subject: string, since: number): Promise<number>;
  /** To be called when one has changed: every process forgets what it knows. */
  changed(trx: Transaction): Promise<void>;
}

const STEPS = [50, 80, 100] as const;

type BudgetsByKey = ReadonlyMap<string, BudgetRow>;

interface Applying {
  budget: BudgetRow;
  subject: string;
}

export function createBudgets({ db, clock, events, notices }: Services): Budgets {
  const remembered = createRemembered<BudgetsByKey>({
    notices,
    topic: 'ai-replies.budgets',
    async load(tenant_id) {
      const rows = await db.read('ai_replies_budgets').where({ tenant_id });
      return new Map(rows.map((row) => [keyOf(row), row]));
    },
  });
  const reserved = new Map<string, number>();

  return {
    async reserve(asker, micros) {
      const applying = await applyingTo(asker);
      const keys = applying.map(({ budget, subject }) => `${budget.id} ${subject}`);
      // What ends while it is read may not be in what was spent yet.
      const before = keys.map((key) => reserved.get(key) ?? 0);
      const spent = await Promise.all(applying.map(({ budget, subject }) => spentOf(budget, subject)));
      // From here to the end nothing waits: of many at once each sees what the others have set aside, of every budget.
      for (const [place, { budget, subject }] of applying.entries()) {
        const aside = Math.max(before[place] ?? 0, reserved.get(keys[place] ?? '') ?? 0);
        const used = (spent[place] ?? 0) + aside;
        if (used >= budget.micros)
          throw aiErrors.budget_exceeded({
            extra: { kind: budget.kind, subject, limit: budget.micros, used, period: budget.period },
          });
      }
      for (const key of keys) reserved.set(key, (reserved.get(key) ?? 0) + micros);
      return () => {
        for (const key of keys) {
          const left = (reserved.get(key) ?? 0) - micros;
          if (left > 0) reserved.set(key, left);
          else reserved.delete(key);
        }
      };
    },
    async tell(asker) {
      for (const { budget, subject } of await applyingTo(asker)) {
        const used = await spentOf(budget, subject);
        const reached = STEPS.filter((percent) => used * 100 >= budget.micros * percent);
        if (reached.length === 0) continue;
        await db.transaction((trx) => tellOnce(trx, budget, subject, used, reached));
      }
    },
    used: spentSince,
    changed: (trx) => remembered.changed(trx),
  };

  /** Of each kind and period, the budget of the very subject, else the one of each. */
  async function applyingTo(asker: Asker): Promise<Applying[]> {
    const all = await remembered.of(asker.tenantId);
    if (all.size === 0) return [];
    const subjects: Record<BudgetKind, string | null> = {
      tenant: '',
      robot: asker.robotId ?? null,
      contact: asker.contactId ?? null,
      workflow: asker.workflowId ?? null,
    };
    return BUDGET_KINDS.flatMap((kind) => {
      const subject = subjects[kind];
      if (subject === null) return [];
      return BUDGET_PERIODS.flatMap((period) => {
        const budget = all.get(keyOf({ kind, period, subject })) ?? all.get(keyOf({ kind, period, subject: '*' }));
        return budget ? [{ budget, subject }] : [];
      });
    });
  }

  function spentOf(budget: BudgetRow, subject: string): Promise<number> {
    return spentSince(budget, subject, periodStart(budget.period, clock.now()));
  }

  async function spentSince({ tenant_id, kind }: BudgetRow, subject: string, since: number): Promise<number> {
    const row = await db
      .read('ai_replies_spend')
      .where({ tenant_id, kind, subject })
      // Of a day that is yet to come a clock has noted it that was ahead.
      .whereBetween('day', [since, dayOf(clock.now() + CLOCK_TOLERANCE_MS)])
      .sum<{ total: number | string | null }>({ total: 'micros' })
      .first();
    return Number(row?.total ?? 0);
  }

  async function tellOnce(
    trx: Transaction,
    budget: BudgetRow,
    subject: string,
    used: number,
    reached: readonly (typeof STEPS)[number][],
  ): Promise<void> {
    const day = periodStart(budget.period, clock.now());
    for (const percent of reached) {
      const told = await trx('ai_replies_budgets_told')
        .insert({ budget: budget.id, subject, day, percent })
        .onConflict(['budget', 'subject', 'day', 'percent'])
        .ignore()
        .returning('percent');
      if (told.length === 0) continue;
      const data = { kind: budget.kind, subject, percent, used, limit: budget.micros };
      await events.emit(trx, 'ai.limit.reached', data, { tenantId: budget.tenant_id, subject });
    }
  }
}

function keyOf({ kind, period, subject }: Pick<BudgetRow, 'kind' | 'period' | 'subject'>): string {
  return `${kind} ${period} ${subject}`;
}
