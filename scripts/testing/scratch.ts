/** Where the tests of one run write: in memory where there is room, because databases are made and dropped all the time. */
import { chmodSync, existsSync, mkdtempSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const MEMORY = '/dev/shm';
/** A whole run leaves less than a quarter of it behind at any moment. */
const ROOM_BYTES = 4 * 1024 ** 3;

/** A new folder; whoever asked for it removes it. */
export function scratchFolder(): string {
  const folder = mkdtempSync(join(hasRoom() ? MEMORY : tmpdir(), 'patchbay-tests-'));
  // PostgreSQL may run as somebody else.
  chmodSync(folder, 0o755);
  return folder;
}

function hasRoom(): boolean {
  if (process.env.TMPDIR || !existsSync(MEMORY) || process.availableMemory() < ROOM_BYTES) return false;
  const { bavail, bsize } = statfsSync(MEMORY);
  return bavail * bsize >= ROOM_BYTES;
}
