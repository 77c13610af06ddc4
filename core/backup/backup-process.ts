/**
 * A process that writes one backup and ends: neither requests nor writes of the server wait for it, and it can be ended at
 * any moment. It gets its task by message, since that holds how to reach the database.
 */
import { once } from 'node:events';
import { systemClock } from '../clock.ts';
import type { DatabaseConfig } from '../database/connect.ts';
import { openDatabase } from '../database/database.ts';
import { messageOf } from '../errors.ts';
import { createLog } from '../observability/log.ts';
import { createMetrics } from '../observability/metrics.ts';
import { limitOwnMemory } from '../threads/own-memory.ts';
import { type BackupSource, type BackupStep, type Written, writeBackup } from './write-backup.ts';

export interface BackupTask {
  database: DatabaseConfig;
  source: BackupSource;
  staging: string;
  target: string;
  /** Real memory that it may have; the database and the files go through it piece by piece. */
  memoryMb: number;
}

/** What the process says. */
export type BackupMessage = { step: BackupStep } | { written: Written } | { failed: string };

// A server that is gone wants no backup, and would not tidy up after it.
process.once('disconnect', () => process.exit(1));
const [task]: BackupTask[] = await once(process, 'message');
if (task) await write(task);
process.disconnect();

async function write(task: BackupTask): Promise<void> {
  const { database: config, source } = task;
  const log = createLog({ level: 'warn' });
  limitOwnMemory(task.memoryMb * 1024 * 1024, () => {
    void say({ failed: `it takes more than ${task.memoryMb} MB of memory` }).then(() => process.exit(1));
  });
  try {
    const own = { config, dataDir: source.dataDir, log, clock: systemClock(), metrics: createMetrics() };
    const db = await openDatabase(own);
    try {
      const written = await writeBackup(db, source, task, (step) => void say({ step }));
      await say({ written });
    } finally {
      await db.close();
    }
  } catch (error) {
    await say({ failed: messageOf(error) });
  }
}

function say(message: BackupMessage): Promise<void> {
  return new Promise((resolve) => process.send?.(message, undefined, undefined, () => resolve()));
}
