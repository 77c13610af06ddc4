/**
 * Whether a folder for backups outside of the data folder is on the disk to which earlier ones went. Where that disk is not mounted,
 * a folder of the same name is there, or would be made, on the disk of the system.
 */
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { codeOf, coreErrors } from '../errors.ts';

/** Lies beside the backups. */
const MARK = '.patchbay-backups';
/** Lies in the data folder, in no backup: which folder has the mark. */
const NOTE = 'backup-folder';
const EXPLANATION = 'Backups of Patchbay are made where this file is: a disk that is not mounted does not have it.\n';

/** Throws `backup_failed` where the mark is missing that an earlier backup left. */
export async function refuseOtherDisk(dataDir: string, folder: string): Promise<void> {
  if (!isElsewhere(dataDir, folder) || existsSync(join(folder, MARK))) return;
  if ((await noted(dataDir)) !== folder) return;
  const message =
    `No backup was made. ${folder} is not where earlier ones went: it has no file ${MARK}. Mount its disk; ` +
    'for a new disk, make that file';
  throw coreErrors.backup_failed({ message });
}

/** Of the folder in which a backup was made. */
export async function markDisk(dataDir: string, folder: string): Promise<void> {
  if (!isElsewhere(dataDir, folder)) return;
  await writeFile(join(folder, MARK), EXPLANATION, { mode: 0o600 });
  if ((await noted(dataDir)) !== folder) await writeFile(join(dataDir, NOTE), folder, { mode: 0o600 });
}

function isElsewhere(dataDir: string, folder: string): boolean {
  return relative(dataDir, folder).startsWith('..');
}

async function noted(dataDir: string): Promise<string | null> {
  try {
    return await readFile(join(dataDir, NOTE), 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    throw error;
  }
}
