/** Copying all tables of one database into the other, to be gone on with wherever it was cut off; and comparing them afterwards. */
import { ConfigError } from '../errors.ts';
import type { PlannedTable } from './plan.ts';
import { createRowSummer, NO_ROWS, type RowSum } from './row-sum.ts';
import { BEGUN, type Cursor, PREPARED, type Reader, type Writer } from './shapes.ts';

/** Who moves, which has to be the same when it goes on. */
export interface Begun {
  /** Tells the installation from others. */
  installation: string;
  migrations: readonly string[];
}

export type Report = (what: string, done: number, total: number) => void;

interface TableNote extends RowSum {
  cursor: Cursor;
  isDone: boolean;
}

const noteOf = (table: string): string => `table ${table}`;
const AT_FIRST: TableNote = { ...NO_ROWS, cursor: null, isDone: false };

const WRITTEN_MEANWHILE = 'somebody has written to it since the move was begun. Start over with --start-over';

class Unfit extends ConfigError {}

/** Whether a move into it was begun. Throws when it was another one. */
export function wasBegun(notes: ReadonlyMap<string, unknown>, begun: Begun): boolean {
  const noted = notes.get(BEGUN) as Begun | undefined;
  if (!noted) return false;
  if (noted.installation !== begun.installation) {
    throw new Unfit('The other database holds a move of another installation that is not finished. Name an empty one');
  }
  if (JSON.stringify(noted.migrations) !== JSON.stringify(begun.migrations)) {
    throw new Unfit('The move was begun by another version, or with other plugins. Start over with --start-over');
  }
  return true;
}

export async function isPrepared(target: Writer): Promise<boolean> {
  return (await target.notes()).has(PREPARED);
}

/** Gives the sums of all tables, as they were read. */
export async function copyTables(
  source: Reader,
  target: Writer,
  tables: readonly PlannedTable[],
  report: Report = () => {},
): Promise<Map<string, RowSum>> {
  const notes = await target.notes();
  const sums = new Map<string, RowSum>();
  for (const table of tables) {
    const known = (notes.get(noteOf(table.name)) as TableNote | undefined) ?? AT_FIRST;
    sums.set(table.name, await copyTable(source, target, table, known, report));
  }
  return sums;
}

async function copyTable(
  source: Reader,
  target: Writer,
  { name, columns }: PlannedTable,
  known: TableNote,
  report: Report,
): Promise<RowSum> {
  const total = await source.count(name);
  if (known.isDone && known.rows !== total) throw changed(name, known.rows, total);
  await mustBeAsCopied(source, { name, columns }, known, report);
  if (known.isDone) return known;
  const summer = createRowSummer(columns, known);
  let { cursor } = known;
  for await (const rows of source.rows(name, columns, cursor)) {
    for (const { values } of rows) summer.add(values);
    cursor = rows.at(-1)?.cursor ?? cursor;
    const note: TableNote = { ...summer.current(), cursor, isDone: false };
    await target.write(
      name,
      columns,
      rows.map(({ values }) => values),
      { name: noteOf(name), value: note },
    );
    report(name, note.rows, total);
  }
  const sum = summer.current();
  if (sum.rows !== total) throw changed(name, sum.rows, total);
  await target.note({ name: noteOf(name), value: { ...sum, cursor, isDone: true } satisfies TableNote });
  return sum;
}

/** A server may have worked on the source since a process that was killed has copied this: as many rows are not the same ones. */
async function mustBeAsCopied(
  source: Reader,
  { name, columns }: PlannedTable,
  { rows: copied, sum }: TableNote,
  report: Report,
): Promise<void> {
  if (copied === 0) return;
  const summer = createRowSummer(columns);
  for await (const rows of source.rows(name, columns, null)) {
    for (const { values } of rows.slice(0, copied - summer.current().rows)) summer.add(values);
    report(name, summer.current().rows, copied);
    if (summer.current().rows === copied) break;
  }
  if (summer.current().rows === copied && summer.current().sum === sum) return;
  throw new Unfit(`${name} has other rows now than were copied: ${WRITTEN_MEANWHILE}`);
}

function changed(table: string, copied: number, rows: number): Unfit {
  return new Unfit(`${table} has ${rows} rows now, and ${copied} were copied: ${WRITTEN_MEANWHILE}`);
}

/** Reads every row again where it is now. Gives the tables that are not what was read at first, with a sentence each. */
export async function differences(
  target: Writer,
  tables: readonly PlannedTable[],
  sums: ReadonlyMap<string, RowSum>,
  report: Report = () => {},
): Promise<string[]> {
  const found: string[] = [];
  for (const { name, columns } of tables) {
    const expected = sums.get(name) ?? NO_ROWS;
    const summer = createRowSummer(columns);
    for await (const rows of target.rows(name, columns, null)) {
      for (const { values } of rows) summer.add(values);
      report(name, summer.current().rows, expected.rows);
    }
    const { rows, sum } = summer.current();
    if (rows !== expected.rows) found.push(`${name} has ${rows} rows instead of ${expected.rows}`);
    else if (sum !== expected.sum) found.push(`${name} has all ${rows} rows, and not all of them are the same`);
  }
  return found;
}
