/** Whether the SQLite file is whole: asked at night, and after a start that follows an end without a goodbye. */
import { Worker } from 'node:worker_threads';
import type { Database } from './database.ts';

export interface Integrity {
  /** At the start: notes that the process is running; whether the one before ended without saying so. */
  begin(): Promise<boolean>;
  /** Reads the whole file in a thread of its own. What is wrong, null when nothing is. */
  check(): Promise<string | null>;
  /** What the last check found. */
  damage(): string | null;
  /** At the end: the next start has nothing to look for. */
  end(): Promise<void>;
}

const RUNNING = 'is_running';
/** Loads nothing of ours, so that it stands here. */
const READ_ALL = `
  const { parentPort, workerData } = require('node:worker_threads');
  const { DatabaseSync } = require('node:sqlite');
  let found;
  try {
    const db = new DatabaseSync(workerData, { readOnly: true });
    found = String(Object.values(db.prepare('pragma quick_check(1)').get() ?? {})[0] ?? 'no answer');
    db.close();
  } catch (error) {
    found = error.message;
  }
  parentPort.postMessage(found);`;

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
      if (file !== null) damage = await readAll(file);
      return damage;
    },
    damage: () => damage,
    async end() {
      if (file !== null) await facts().where({ name: RUNNING }).delete();
    },
  };
}

async function readAll(file: string): Promise<string | null> {
  const worker = new Worker(READ_ALL, { eval: true, workerData: file });
  const found = await new Promise<string>((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
  });
  return found === 'ok' ? null : found;
}
