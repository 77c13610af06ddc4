/**
 * Budgets in money. What is used up stops further calls; what is under way counts with what it may cost, so that many at once
 * do not overdraw it, at several replicas neither. Tables: ai_replies_budgets, ai_replies_spend, ai_replies_budgets_told.
 */
import { CLOCK_TOLERANCE_MS, type Count, createRemembered, epochDay } from '#core/kit.ts';
import type { Services, Transaction } from '#core/plugin.ts';
import { aiErrors } from '../errors.ts';
import { periodStart } from './days.ts';
import type { PendingWrites } from './pending-writes.ts';
import { BUDGET_KINDS, BUDGET_PERIODS, type BudgetKind, type BudgetRow } from './tables.ts';
import type { Asker } from './types.ts';

export interface Budgets {
  /**
   * Sets aside what a call may cost; gives what ends that. Throws `budget_exceeded` when a budget of who asks has nothing left
   * beside what is set aside.
   */
  reserve(asker: Asker, micros: number): Promise<() => void>;
  /** Tells of 50, 80 and 100 % that have been reached, once each. */
  notify(asker: Asker): Promise<void>;
  /** What was spent of it since a day. */
  used(budget: BudgetRow, subject: string, since: number): Promise<number>;
  /** To be called when one has changed: every process forgets what it knows. */
  changed(trx: Transaction): Promise<void>;
}

const STEPS = [50, 80, 100] as const;
/** What a process that is gone had set aside counts no longer than this. */
const ASIDE_MS = 10 * 60_000;

type BudgetsByKey = ReadonlyMap<string, BudgetRow>;

interface Judged {
  applying: readonly Applying[];
  keys: readonly string[];
  spent: readonly number[];
  before: readonly number[];
  ofOthers: Aside['ofOthers'];
}

interface Aside {
  /** What the others have set aside, by key. */
  ofOthers: ReadonlyMap<string, number>;
  takeBack(): void;
}

interface Applying {
  budget: BudgetRow;
  subject: string;
}

export function createBudgets({
  db,
  clock,
  events,
  log,
  notices,
  pendingWrites,
  sharedCounts,
}: Services & { pendingWrites: PendingWrites }): Budgets {
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
      const aside = await setAside(keys, micros);
      try {
        const spent = await Promise.all(applying.map(({ budget, subject }) => spentOf(budget, subject)));
        // From here to the end nothing waits: of many at once each sees what the others have set aside, of every budget.
        refuseUsedUp({ applying, keys, spent, before, ofOthers: aside.ofOthers });
      } catch (error) {
        aside.takeBack();
        throw error;
      }
      for (const key of keys) reserved.set(key, (reserved.get(key) ?? 0) + micros);
      return () => {
        aside.takeBack();
        for (const key of keys) {
          const left = (reserved.get(key) ?? 0) - micros;
          if (left > 0) reserved.set(key, left);
          else reserved.delete(key);
        }
      };
    },
    async notify(asker) {
      for (const { budget, subject } of await applyingTo(asker)) {
        const used = await spentOf(budget, subject);
        const reached = STEPS.filter((percent) => used * 100 >= budget.micros * percent);
        if (reached.length === 0) continue;
        await db.transaction((trx) => notifyOnce(trx, budget, subject, used, reached));
      }
    },
    used: spentSince,
    changed: (trx) => remembered.changed(trx),
  };

  /** Counted before what was spent is read: what ends in between counts twice for a moment, and never not at all. */
  async function setAside(keys: readonly string[], micros: number): Promise<Aside> {
    const ofOthers = new Map<string, number>();
    const held: { key: string; until: number }[] = [];
    const points = Math.ceil(micros);
    const takeBack = (): void => {
      for (const { key, until } of held.splice(0)) {
        // Afterwards the count has begun anew without it.
        if (performance.now() < until)
          pendingWrites.add(
            sharedCounts.takeBack(asideOf(key), points).catch((err) => log.warn({ err }, NOT_TAKEN_BACK)),
          );
      }
    };
    if (!sharedCounts.areNeeded || points === 0) return { ofOthers, takeBack };
    try {
      for (const key of keys) {
        const counted = await sharedCounts.add(asideOf(key), points);
        held.push({ key, until: performance.now() + counted.leftMs });
        ofOthers.set(key, counted.points - points);
      }
    } catch (error) {
      takeBack();
      throw error;
    }
    return { ofOthers, takeBack };
  }

  function refuseUsedUp({ applying, keys, spent, before, ofOthers }: Judged): void {
    for (const [place, { budget, subject }] of applying.entries()) {
      const key = keys[place] ?? '';
      const aside = Math.max(before[place] ?? 0, reserved.get(key) ?? 0, ofOthers.get(key) ?? 0);
      const used = (spent[place] ?? 0) + aside;
      if (used >= budget.micros)
        throw aiErrors.budget_exceeded({
          extra: { kind: budget.kind, subject, limit: budget.micros, used, period: budget.period },
        });
    }
  }

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
      .whereBetween('day', [since, epochDay(clock.now() + CLOCK_TOLERANCE_MS)])
      .sum<{ total: number | string | null }>({ total: 'micros' })
      .first();
    return Number(row?.total ?? 0);
  }

  async function notifyOnce(
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

const NOT_TAKEN_BACK = 'What was set aside of a budget could not be taken back; it counts some minutes longer';

function asideOf(key: string): Count {
  return { name: 'ai-replies.aside', key, windowMs: ASIDE_MS };
}

function keyOf({ kind, period, subject }: Pick<BudgetRow, 'kind' | 'period' | 'subject'>): string {
  return `${kind} ${period} ${subject}`;
}
