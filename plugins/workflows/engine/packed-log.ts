/**
 * The log of a short execution in its own row. One that began and ended between two looks at the database is written
 * by one statement then, in place of a transaction over two tables.
 */
import type { TaskRow } from '../tables.ts';
import type { TaskRecord } from './records.ts';

/** A longer log has rows of its own, so that what is read of an execution stays small. */
const MOST_CHARACTERS = 64 * 1024;

/** Null when the records are too much for one row. */
export function packed(records: readonly TaskRecord[]): string | null {
  const text = JSON.stringify(records.map(({ execution_id: _known, ...record }) => record));
  return text.length > MOST_CHARACTERS ? null : text;
}

/** The records again, in their order, with their places in it as ids. */
export function unpacked(log: string, execution_id: string): TaskRow[] {
  const records: Omit<TaskRow, 'id' | 'execution_id'>[] = JSON.parse(log);
  return records.map((record, id) => ({ ...record, id, execution_id }));
}
