/**
 * Whose the rows of a table are, as plugins declare it (`tables`): what goes, or is forgotten, when an event tells that a
 * tenant, a person or a thing is gone for good.
 */
import { deleteInSteps } from '../database/chunked-work.ts';
import type { Database } from '../database/database.ts';
import type { EventType } from './catalogue.ts';

/**
 * What becomes of the rows of who is gone.
 * - `'tenant_id'`: those go whose column of this name has what the event carries under it.
 * - `{ where: { user_id: 'id' } }`: the same, of columns that are called otherwise than in the event.
 * - `{ where: …, isLarge: true }`: they may be so many that they go in steps, by an index on the columns and the key `id`.
 * - `{ where: …, set: { user_id: null } }`: they stay, and no longer say whose they were.
 * - `{ by: 'the robot that they belong to' }`: something else sees to it: a foreign key, or code of the plugin.
 * - `{ kept: 'invoices stay, as the law asks' }`: they stay as they are, and why.
 */
export type Ending =
  | string
  | { where: Readonly<Record<string, string>>; set?: Readonly<Record<string, unknown>>; isLarge?: true }
  | { by: string }
  | { kept: string };

/** By the event that tells of an end. */
export type Ownership = { readonly [T in EventType]?: Ending };

export type OwnedTables = Readonly<Record<string, Ownership>>;

/** The column by which many rows are deleted in steps. */
const KEY = 'id';

/** Events after which rows of these tables go or are changed. */
export function endingsOf(tables: OwnedTables = {}): string[] {
  const events = Object.values(tables).flatMap((ownership) =>
    Object.entries(ownership).flatMap(([event, ending]) => (isDone(ending) ? [event] : [])),
  );
  return [...new Set(events)];
}

/**
 * Deletes or forgets what the tables have of who is gone. The last one that is declared comes first: rows that refer to others go
 * before them. Again changes nothing.
 */
export async function endRows(
  db: Database,
  tables: OwnedTables,
  event: { type: string; data: unknown },
): Promise<void> {
  const data = Object(event.data) as Record<string, unknown>;
  const all = Object.entries<Readonly<Record<string, Ending | undefined>>>(tables);
  for (const [table, ownership] of all.reverse()) {
    const ending = ownership[event.type];
    if (!isDone(ending)) continue;
    const { where, set, isLarge } = typeof ending === 'string' ? onlyBy(ending) : ending;
    const theirs = Object.fromEntries(
      Object.entries(where).map(([column, field]) => {
        // Without a value it would be the rows of nobody, or of everybody.
        if (data[field] === undefined || data[field] === null)
          throw new Error(`${event.type} carries no ${field}, by which ${table} is erased`);
        return [column, data[field] as string | number];
      }),
    );
    if (set) await db.write(table).where(theirs).update(set);
    else if (isLarge) await deleteInSteps(db, table, KEY, (rows) => rows.where(theirs));
    else await db.write(table).where(theirs).delete();
  }
}

type Done = Exclude<Ending, { by: string } | { kept: string }>;

function isDone(ending: Ending | undefined): ending is Done {
  return typeof ending === 'string' || (ending !== undefined && 'where' in ending);
}

function onlyBy(column: string): Exclude<Done, string> {
  return { where: { [column]: column } };
}

/** What of the tables is done at these events alone. */
export function endingAt(tables: OwnedTables, isMeant: (event: string) => boolean): OwnedTables {
  return Object.fromEntries(
    Object.entries(tables).map(([table, ownership]) => [
      table,
      Object.fromEntries(Object.entries(ownership).filter(([event]) => isMeant(event))),
    ]),
  );
}
