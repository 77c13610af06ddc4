/** Whether the SQLite file is whole: asked at night, and after a start that follows an end without a goodbye. */
import { messageOf } from '../errors.ts';
import type { Database } from './database.ts';
import { askSqliteFile } from './sqlite-process.ts';

export interface Integrity {
  /** At the start: notes that the process is running; whether the one before ended without saying so. */
  begin(): Promise<boolean>;
  /** Reads the whole file, in a process of its own. What is wrong, null when nothing is. */
  check(): Promise<string | null>;
  /** What the last check found. */
  damage(): string | null;
  /** At the end: the next start has nothing to look for. */
  end(): Promise<void>;
}

const RUNNING = 'is_running';

export function createIntegrity({ db, file }: { db: Database; file: string | null }): Integrity {
  let damage: string | null = null;
  const facts = () => db.write('core_installation');

  return {
    async begin() {
      if (file === null) return false;
      const wasRunning = (await facts().where({ name: RUNNING }).first()) !== undefined;
      await facts().insert({ name: RUNNING, value: 'yes' }).onConflict('name').ignore();
      return wasRunning;
    },
    async check() {
      if (file !== null) damage = await damageOf(file);
      return damage;
    },
    damage: () => damage,
    async end() {
      if (file !== null) await facts().where({ name: RUNNING }).delete();
    },
  };
}

/** The first thing that is wrong with a SQLite file, read in a process of its own; null when nothing is. */
export async function damageOf(file: string): Promise<string | null> {
  const found = await askSqliteFile(file, 'pragma quick_check(1)').catch(messageOf);
  return found === 'ok' ? null : found;
}
