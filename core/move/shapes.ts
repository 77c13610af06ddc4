/** What both sides of a move say of themselves, and do. */
import type { Column, Kind, Value } from './kinds.ts';

/** A column as its database has it; `kind` is null on SQLite, where the other side says it. */
export interface ShapeColumn {
  name: string;
  kind: Kind | null;
  scale: number | null;
  /** SQLite: as which type it was declared. */
  declared?: string;
  /** Computed by the database, or an index of words: not to be copied. */
  isDerived: boolean;
}

export interface TableShape {
  name: string;
  columns: ShapeColumn[];
  /** PostgreSQL: an index of words is a table, or a column of one. */
  holdsWords: boolean;
}

/** Where a copy of a table goes on: the key of the last row that is there, as the side that reads wrote it. */
export type Cursor = string[] | null;

export interface ReadRow {
  values: Value[];
  cursor: string[];
}

/** Reads the tables of one database, which nobody writes to. */
export interface Reader {
  shapes(): Promise<TableShape[]>;
  /** In the order of the table's key, after the cursor. */
  rows(table: string, columns: readonly Column[], after: Cursor): AsyncIterable<ReadRow[]>;
  count(table: string): Promise<number>;
  /** The highest number that was given in a table, by the table's name. */
  givenNumbers(): Promise<Map<string, bigint>>;
  close(): Promise<void>;
}

/** Writes the tables of the other one, of which it has it all to itself. */
export interface Writer extends Pick<Reader, 'shapes' | 'rows' | 'count' | 'close'> {
  /** Notes of a move under way, in the database itself: they hold with what they tell of. */
  notes(): Promise<Map<string, unknown>>;
  /** In one transaction: the rows, and the note. */
  write(table: string, columns: readonly Column[], rows: readonly Value[][], note: Note): Promise<void>;
  note(note: Note): Promise<void>;
  /** Before anything else is in it: whose the database is from now on. */
  begin(begun: Note): Promise<void>;
  /** Empties the tables, and puts aside what would slow the copy down or act on it. */
  prepare(tables: readonly string[]): Promise<void>;
  /** Brings back what was put aside: what is of rows, and, when words are there, what is of these. */
  complete(part: AsidePart, said: (what: string) => void): Promise<void>;
  setGivenNumbers(numbers: ReadonlyMap<string, bigint>): Promise<void>;
  /** Foreign keys that lead nowhere, as a sentence; null when all lead somewhere. */
  danglingKeys(): Promise<string | null>;
  /** PostgreSQL's planner is told what is there; then the notes go. */
  finish(): Promise<void>;
}

export interface Note {
  name: string;
  value: unknown;
}

/** The table of the notes. While it is there, nothing starts on the database. */
export const NOTES = 'core_move';
/** Of which installation, by which migrations. */
export const BEGUN = 'begun';
/** Its tables are there, empty, and what would be in the way is put aside. */
export const PREPARED = 'prepared';
export type AsidePart = 'rows' | 'words';
/** Begins the names of notes on what was put aside; they come back in the order of their names. */
export const ASIDE: Readonly<Record<AsidePart, string>> = { rows: 'aside rows ', words: 'aside words ' };

/** The name of a table or column within a statement, on both databases. */
export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
