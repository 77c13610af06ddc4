/** Figures of robots over days, from what was counted in the transactions of what they count. Table: robots_counts. */

import type { Knex } from 'knex';
import type { Principal, Services } from '#core/plugin.ts';
import type { CountKind } from '../counts.ts';
import { seenBy } from '../robots/visibility.ts';
import type { DayRange } from './day-range.ts';

/** Everything but names. */
export type Sums = Record<Exclude<CountKind, 'contact' | 'group' | 'rating'>, number>;

export interface NamedCount {
  name: string;
  count: number;
}

export interface DayOfSums extends Sums {
  day: number;
}

/** One robot by its integer key, or all that the principal may see, deleted ones among them. */
export type Whose = number | Principal;

export interface Statistics {
  sums(whose: Whose, range: DayRange): Promise<Sums>;
  /** A row for each day of the range, in their order. */
  days(whose: Whose, range: DayRange): Promise<DayOfSums[]>;
  /** Those with the most messages; at most ten. */
  top(whose: Whose, kind: 'contact' | 'group', range: DayRange): Promise<NamedCount[]>;
  /** Robots and codes that the principal may see; `active` are the robots that did something in these days. */
  holdings(principal: Principal, range: DayRange): Promise<{ robots: number; active: number; codes: number }>;
}

const NONE: Sums = {
  messages: 0,
  succeeded: 0,
  failed: 0,
  expired: 0,
  answers: 0,
  answer_ms: 0,
  ai_calls: 0,
  ai_micros: 0,
};
const SUMMED = Object.keys(NONE);
const TOP = 10;

export function createStatistics({ db }: Services): Statistics {
  return { sums, days, top, holdings };

  async function sums(whose: Whose, range: DayRange): Promise<Sums> {
    const rows = await counts(whose, range)
      .whereIn('kind', SUMMED)
      .groupBy('kind')
      .select('kind')
      .sum({ total: 'value' });
    return { ...NONE, ...Object.fromEntries(rows.map(({ kind, total }) => [kind, Number(total)])) };
  }

  async function days(whose: Whose, range: DayRange): Promise<DayOfSums[]> {
    const rows = await counts(whose, range)
      .whereIn('kind', SUMMED)
      .groupBy('day', 'kind')
      .select('day', 'kind')
      .sum({ total: 'value' });
    const byDay = Map.groupBy(rows, ({ day }) => day);
    return Array.from({ length: range.last - range.first + 1 }, (_, index) => {
      const day = range.first + index;
      const own = (byDay.get(day) ?? []).map(({ kind, total }) => [kind, Number(total)]);
      return { ...NONE, ...Object.fromEntries(own), day };
    });
  }

  async function top(whose: Whose, kind: 'contact' | 'group', range: DayRange): Promise<NamedCount[]> {
    const rows = await counts(whose, range)
      .where({ kind })
      .whereNot({ name: '' })
      .groupBy('name')
      .select('name')
      .sum({ total: 'value' })
      .orderBy([{ column: 'total', order: 'desc' }, { column: 'name' }])
      .limit(TOP);
    return rows.map(({ name, total }) => ({ name, count: Number(total) }));
  }

  async function holdings(principal: Principal, range: DayRange) {
    const active = db.read('robots_robots').where({ status: 'active' }).where(seenBy(principal));
    const busy = active
      .clone()
      .whereExists(
        db
          .read('robots_counts')
          .whereRaw('robots_counts.robot = robots_robots.id')
          .whereIn('kind', SUMMED)
          .whereBetween('day', [range.first, range.last])
          .select(db.read.raw('1')),
      );
    const codes = db.read('robots_codes').where(seenBy(principal, 'robots_codes'));
    const [robots, busyRobots, ownCodes] = await Promise.all([active, busy, codes].map(totalOf));
    return { robots: robots ?? 0, active: busyRobots ?? 0, codes: ownCodes ?? 0 };
  }

  function counts(whose: Whose, { first, last }: DayRange) {
    const query = db.read('robots_counts').whereBetween('day', [first, last]);
    if (typeof whose === 'number') return query.where({ robot: whose });
    return query.whereIn('robot', db.read('robots_robots').where(seenBy(whose)).select('id'));
  }
}

async function totalOf(query: Knex.QueryBuilder): Promise<number> {
  return Number((await query.count({ total: '*' }).first())?.total ?? 0);
}

/** Percent of the commands that came to an end which succeeded, with one decimal; 0 without any. */
export function successRate({ succeeded, failed, expired }: Sums): number {
  const ended = succeeded + failed + expired;
  return ended === 0 ? 0 : Math.round((succeeded / ended) * 1000) / 10;
}

/** Seconds from the first message that waits to the answer, with two decimals; 0 without any. */
export function averageResponseSeconds({ answers, answer_ms }: Sums): number {
  return answers === 0 ? 0 : Math.round(answer_ms / answers / 10) / 100;
}

/** In whole units of the currency, with two decimals. */
export function aiCost({ ai_micros }: Sums): number {
  return Math.round(ai_micros / 10_000) / 100;
}
