/** Whether something can be written, by writing it: a row, and a file where the bytes of large mail go. */
import { randomUUID } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../clock.ts';
import type { Database } from '../database/database.ts';
import { ConfigError, codeOf, isAppError, messageOf } from '../errors.ts';
import type { Services } from '../services.ts';
import { userId } from '../user-id.ts';

export interface WriteCheck {
  /** Rejects with the reason. However many ask, it is tried once in five seconds. */
  run(): Promise<void>;
}

type Parts = Pick<Services, 'coreConfig' | 'blobs' | 'log'>;

const BELIEVED_MS = 5_000;
/** As much as the smallest content that becomes a file: a full disk still takes an empty one. */
const PROBE = Buffer.alloc(64 * 1024, 1);

export function createWriteCheck({ db, dataDir, clock }: { db: Database; dataDir: string; clock: Clock }): WriteCheck {
  let latest: { at: number; outcome: Promise<void> } | null = null;

  return {
    run() {
      const age = latest === null ? Number.POSITIVE_INFINITY : Math.abs(clock.now() - latest.at);
      if (!latest || age >= BELIEVED_MS) {
        latest = { at: clock.now(), outcome: write() };
        latest.outcome.catch(() => {});
      }
      return latest.outcome;
    },
  };

  async function write(): Promise<void> {
    await writeFileIn(join(dataDir, 'files', 'incoming'));
    const row = { name: 'last_write_check', value: String(clock.now()) };
    await db.write('core_installation').insert(row).onConflict('name').merge();
  }
}

/** Under `incoming`, where nothing is kept: what a crash leaves is swept. */
async function writeFileIn(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const file = join(folder, `check-${randomUUID()}`);
  try {
    await writeFile(file, PROBE, { flag: 'wx', mode: 0o600 });
  } finally {
    await rm(file, { force: true });
  }
}

/**
 * Folders of somebody else, and a bucket of somebody else, are found at the start, and not with the first large mail. Throws a
 * ConfigError. A bucket that does not answer holds up nobody who does not need it.
 */
export async function mustBeWritable(writes: WriteCheck, { coreConfig, blobs, log }: Parts): Promise<void> {
  await folderMustBe(writes, coreConfig.dataDir);
  try {
    await blobs.claimStore(log);
  } catch (error) {
    if (!isAppError(error)) throw error;
    log.warn({ err: error }, 'The store of files does not answer; what needs it is refused until it does');
  }
}

async function folderMustBe(writes: WriteCheck, dataDir: string): Promise<void> {
  try {
    await writes.run();
  } catch (error) {
    if (!['EACCES', 'EPERM', 'EROFS'].includes(codeOf(error))) return;
    throw new ConfigError(`${dataDir} cannot be written by this user${userId()}: ${messageOf(error)}`);
  }
}
