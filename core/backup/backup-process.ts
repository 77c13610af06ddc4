/** A process that writes one backup and ends. */
import { systemClock } from '../clock.ts';
import type { DatabaseConfig } from '../database/connect.ts';
import { openDatabase } from '../database/database.ts';
import { createLog } from '../observability/log.ts';
import { createMetrics } from '../observability/metrics.ts';
import { createOutbound } from '../outbound/outbound.ts';
import type { StorageConfig } from '../storage/config.ts';
import { openStore } from '../storage/object-store.ts';
import { type ChildTask, serveTask } from './child-process.ts';
import { type BackupSource, type BackupStep, type Written, writeBackup } from './write-backup.ts';

export interface BackupTask extends ChildTask {
  database: DatabaseConfig;
  storage: StorageConfig;
  source: BackupSource;
  staging: string;
  target: string;
  /** For whom it is encrypted; null: for nobody. */
  recipient: string | null;
}

await serveTask('The backup could not be written', write);

async function write(task: BackupTask, step: (state: BackupStep) => void): Promise<Written> {
  const { database: config, storage, source } = task;
  const log = createLog({ level: 'warn' });
  const own = { config, dataDir: source.dataDir, log, clock: systemClock(), metrics: createMetrics() };
  const db = await openDatabase(own);
  const outbound = createOutbound({ config: { allow: [] }, log, clock: own.clock });
  try {
    return await writeBackup(db, source, { ...task, store: openStore(storage, outbound) }, step);
  } finally {
    await outbound.close();
    await db.close();
  }
}
