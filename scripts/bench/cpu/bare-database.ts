/** The database of the bare programs: SQLite as the platform sets it, statements that stay prepared, and commits that are shared. */
import { promisify } from 'node:util';
import sqlite3 from 'sqlite3';

export async function openDatabase(file: string) {
  const db = new sqlite3.Database(file);
  const exec = promisify<string, void>(db.exec.bind(db));
  await exec('pragma journal_mode = wal; pragma synchronous = full');
  const statements = new Map<string, sqlite3.Statement>();

  return { exec, all };

  function all<T>(sql: string, values: unknown[]): Promise<T[]> {
    const statement = statements.get(sql) ?? db.prepare(sql);
    statements.set(sql, statement);
    return new Promise((resolve, reject) => {
      statement.all<T>(values, (error, rows) => (error ? reject(error) : resolve(rows)));
    });
  }
}

/** What is asked for while one group is written makes the next one. */
export function grouped<T, R>(work: (items: T[]) => Promise<R[]>): (item: T) => Promise<R> {
  let waiting: { item: T; resolve(result: R): void; reject(error: unknown): void }[] = [];
  let isRunning = false;
  return (item) =>
    new Promise((resolve, reject) => {
      waiting.push({ item, resolve, reject });
      if (!isRunning) void run();
    });

  async function run(): Promise<void> {
    isRunning = true;
    while (waiting.length > 0) {
      const group = waiting;
      waiting = [];
      try {
        const results = await work(group.map(({ item }) => item));
        for (const [place, { resolve }] of group.entries()) resolve(results[place] as R);
      } catch (error) {
        for (const { reject } of group) reject(error);
      }
    }
    isRunning = false;
  }
}
