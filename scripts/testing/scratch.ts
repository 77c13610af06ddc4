/** Where the tests of one run write: in memory where there is room, because databases are made and dropped all the time. */
import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const MEMORY = '/dev/shm';
const PREFIX = 'patchbay-tests-';
/** A whole run leaves less than a quarter of it behind at any moment. */
const ROOM_BYTES = 4 * 1024 ** 3;

/** A new folder; whoever asked for it removes it. Those of runs that were killed go first: they would fill the memory. */
export function scratchFolder(): string {
  for (const place of [MEMORY, tmpdir()]) removeLeft(place);
  const folder = mkdtempSync(join(hasRoom() ? MEMORY : tmpdir(), `${PREFIX}${process.pid}-`));
  // PostgreSQL may run as somebody else.
  chmodSync(folder, 0o755);
  return folder;
}

/** Folders whose process is gone. */
function removeLeft(place: string): void {
  if (!existsSync(place)) return;
  for (const name of readdirSync(place)) {
    const [, pid] = new RegExp(`^${PREFIX}(\\d+)-`).exec(name) ?? [];
    if (pid !== undefined && !isAlive(Number(pid))) rmSync(join(place, name), { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // EPERM: it is somebody else's.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

function hasRoom(): boolean {
  if (process.env.TMPDIR || !existsSync(MEMORY) || process.availableMemory() < ROOM_BYTES) return false;
  const { bavail, bsize } = statfsSync(MEMORY);
  return bavail * bsize >= ROOM_BYTES;
}
