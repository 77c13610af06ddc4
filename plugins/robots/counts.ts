/** Figures day by day, kept up with what they count, in its transaction. Table: robots_counts. */
import { epochDay, rowsToInsert } from '#core/kit.ts';
import type { Transaction } from '#core/plugin.ts';

export type CountKind =
  | 'messages'
  | 'contact'
  | 'group'
  | 'succeeded'
  | 'failed'
  | 'expired'
  | 'answers'
  | 'answer_ms'
  | 'rating'
  | 'ai_calls'
  | 'ai_micros';

export interface CountRow {
  robot: number;
  day: number;
  kind: CountKind;
  name: string;
  value: number;
}

declare global {
  namespace Patchbay {
    interface Tables {
      robots_counts: CountRow;
    }
  }
}

export type Figure = Omit<CountRow, 'name'> & { name?: string };

export function figure(robot: number, at: number, kind: CountKind, value = 1, name = ''): Figure {
  return { robot, day: epochDay(at), kind, name, value };
}

/** Adds to the figures, in one statement and in one order, so that two replicas do not wait for each other in a ring. */
export async function addFigures(trx: Transaction, figures: readonly Figure[]): Promise<void> {
  const sums = new Map<string, CountRow>();
  for (const { name = '', ...rest } of figures) {
    const key = `${rest.robot}\n${rest.kind}\n${rest.day}\n${name}`;
    const known = sums.get(key);
    if (known) known.value += rest.value;
    else sums.set(key, { ...rest, name });
  }
  if (sums.size === 0) return;
  const rows = [...sums].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, row]) => row);
  const given = rowsToInsert(
    trx,
    5,
    rows.map(({ robot, day, kind, name, value }) => [robot, day, kind, name, value]),
  );
  await trx.raw(
    `insert into robots_counts (robot, day, kind, name, value) ${given.sql}
     on conflict (robot, kind, day, name) do update set value = robots_counts.value + excluded.value`,
    given.bindings,
  );
}
