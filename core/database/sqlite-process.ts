/**
 * Asks a SQLite file something in a process of its own. Never in this one: a process that holds two copies of the
 * library loses the locks of the one when the other closes the file, and with them the database
 * (sqlite.org/howtocorrupt.html §2.2).
 */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const SCRIPT = `
  const { DatabaseSync } = require('node:sqlite');
  const [file, sql] = process.argv.slice(1);
  const db = new DatabaseSync(file, { readOnly: true });
  console.log(Object.values(db.prepare(sql).get() ?? {})[0] ?? 'no answer');
  db.close();`;

/** The first value of the first row. Rejects with what SQLite says, also when the file cannot be read. */
export async function askSqliteFile(file: string, sql: string): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)(process.execPath, ['--no-warnings', '-e', SCRIPT, file, sql]);
    return stdout.trim();
  } catch (error) {
    const said = error instanceof Error && 'stderr' in error ? String(error.stderr) : '';
    throw new Error(/^\w*Error: (.*)$/m.exec(said)?.[1] ?? `the file could not be read: ${said.slice(-200)}`);
  }
}
