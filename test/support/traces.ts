/** Where something stands in the database and in files: of what is erased, nowhere. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestPlatform } from './harness.ts';

export interface Searched {
  texts: readonly string[];
  /** Looked for as texts, but not in the columns of `kept`. */
  uuids?: readonly string[];
  /** Numbers, by the columns that they are looked for in. */
  ids?: Record<string, readonly number[]>;
  /** `table.column` */
  kept?: readonly string[];
}

/** Columns and files in which one of the texts stands, and columns of ids with one of the numbers. */
export async function tracesOf(
  { services: { db }, dataDir }: TestPlatform,
  { texts, uuids = [], ids = {}, kept = [] }: Searched,
): Promise<string[]> {
  const found = new Set<string>();
  const searched = texts.map((text) => text.toLowerCase());
  for (const table of await tablesOf(db)) {
    for (const row of await db.read.from(table).select<Record<string, unknown>[]>('*')) {
      for (const [column, value] of Object.entries(row)) {
        const text = (Buffer.isBuffer(value) ? value.toString('latin1') : String(value)).toLowerCase();
        const isId = typeof value === 'number' && Object.hasOwn(ids, column) && ids[column]!.includes(value);
        const isKept = kept.includes(`${table}.${column}`);
        const isUuid = !isKept && uuids.some((one) => text.includes(one));
        if (isId || isUuid || searched.some((one) => text.includes(one))) found.add(`${table}.${column}`);
      }
    }
  }
  const folder = join(dataDir, 'files');
  const files = existsSync(folder) ? readdirSync(folder, { recursive: true, withFileTypes: true }) : [];
  for (const file of files.filter((one) => one.isFile())) {
    const text = readFileSync(join(file.parentPath, file.name)).toString('latin1').toLowerCase();
    if (searched.some((one) => text.includes(one))) found.add(`file ${file.name}`);
  }
  return [...found].sort();
}

async function tablesOf(db: TestPlatform['services']['db']): Promise<string[]> {
  const rows: { name: string }[] =
    db.client === 'pg'
      ? (await db.read.raw("select table_name as name from information_schema.tables where table_schema = 'public'"))
          .rows
      : await db.read.raw("select name from sqlite_master where type = 'table'");
  return rows.map(({ name }) => name).sort();
}
