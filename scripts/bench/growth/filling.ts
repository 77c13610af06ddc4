/** Rows by the hundred thousand, made by the database itself: columns are SQL over `i`, which counts from 1. */
import type { Database } from '#core/database/database.ts';

const AT_ONCE = 50_000;

/** What SQLite and PostgreSQL spell differently. */
export interface Spelling {
  /** A number as text of so many digits. */
  digits(expression: string, width: number): string;
  /** A text like a UUID, the same for the same number. */
  uuid(expression: string, kind: number): string;
}

export function spellingOf(db: Database): Spelling {
  const isPg = db.client === 'pg';
  const digits = (expression: string, width: number): string =>
    isPg ? `lpad((${expression})::text, ${width}, '0')` : `printf('%0${width}d', ${expression})`;
  return { digits, uuid: (expression, kind) => `'${kind}0000000-0000-7000-8000-' || ${digits(expression, 12)}` };
}

/** Inserts rows 1 to `count`. */
export async function fill(
  db: Database,
  table: string,
  count: number,
  columns: Readonly<Record<string, string | number | null>>,
): Promise<void> {
  const values = Object.values(columns).map((value) => (value === null ? 'null' : String(value)));
  const into = `insert into ${table} (${Object.keys(columns).join(', ')}) select ${values.join(', ')} from`;
  // In parts, between which the platform gets its turn to write.
  for (let first = 1; first <= count; first += AT_ONCE) {
    const last = Math.min(count, first + AT_ONCE - 1);
    const series =
      db.client === 'pg'
        ? `select i from generate_series(${first}::bigint, ${last}::bigint) as numbers(i)`
        : `with recursive numbers(i) as (select ${first} union all select i + 1 from numbers where i < ${last}) select i from numbers`;
    await db.write.raw(`${into} (${series}) as numbers`);
  }
  if (db.client === 'pg') await db.write.raw(`analyze ${table}`);
}

/** One of these texts, by turns. */
export function oneOf(expression: string, ...texts: readonly string[]): string {
  const cases = texts.slice(0, -1).map((text, index) => `when ${index} then '${text}'`);
  return `case (${expression}) % ${texts.length} ${cases.join(' ')} else '${texts.at(-1)}' end`;
}
