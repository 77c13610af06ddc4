/**
 * The log of a short execution in its own row. One that began and ended between two looks at the database is written
 * by one statement then, in place of a transaction over two tables.
 */
import type { Knex } from 'knex';
import type { Database } from '#core/plugin.ts';
import type { TaskRecord } from './records.ts';
import type { TaskRow } from './tables.ts';

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

const COLUMNS = {
  reference: 'text',
  instance: 'text',
  status: 'text',
  input: 'text',
  output: 'text',
  error: 'text',
  context: 'text',
  next: 'text',
  attempts: 'bigint',
  started_at: 'bigint',
  ended_at: 'bigint',
} as const;

/** The same as a query, so that lists can filter and order them as rows. */
export function packedTasks({ read, client }: Pick<Database, 'read' | 'client'>, log: string, id: string) {
  const isPg = client === 'pg';
  const path = isPg ? (name: string) => `value ->> '${name}'` : (name: string) => `json_extract(value, '$.${name}')`;
  const cells = Object.entries(COLUMNS).map(([name, type]) => `cast(${path(name)} as ${type}) as ${name}`);
  const [place, items] = isPg
    ? ['ordinality - 1', 'json_array_elements(cast(? as json)) with ordinality as items (value, ordinality)']
    : ['key', 'json_each(?)'];
  const rows = `(select ${place} as id, ? as execution_id, ${cells.join(', ')} from ${items}) as tasks`;
  const query: Knex.QueryBuilder = read.from(read.raw(rows, [id, log]));
  return query;
}
