/**
 * One process works on a SQLite database and its folder: caches, counts and the ledger of runs rely on it. The lock is
 * an exclusive transaction on a small database of its own, so that it is the operating system that knows whether its
 * holder lives: no file with a number in it goes stale, in containers neither.
 */
import { DatabaseSync } from 'node:sqlite';
import { ConfigError, messageOf } from '../errors.ts';
import { userId } from '../user-id.ts';

export interface InstanceLock {
  release(): void;
}

const SQLITE_BUSY = 5;

/** Takes all of these lock files, or none. Throws a ConfigError that names the folder when somebody has one of them. */
export function lockInstance(files: readonly string[], folder: string): InstanceLock {
  const held: DatabaseSync[] = [];
  const release = (): void => {
    for (const lock of held.splice(0)) lock.close();
  };
  for (const file of files) {
    try {
      const lock = new DatabaseSync(file, { timeout: 0 });
      held.push(lock);
      lock.exec('pragma locking_mode = exclusive; begin exclusive');
    } catch (error) {
      release();
      throw explained(error, file, folder);
    }
  }
  return { release };
}

function explained(error: unknown, file: string, folder: string): Error {
  const isHeld = typeof error === 'object' && error !== null && 'errcode' in error && error.errcode === SQLITE_BUSY;
  if (isHeld) {
    return new ConfigError(
      `Another Patchbay works on ${folder}. Stop it first; with SQLite one process at a time may have a data folder`,
    );
  }
  return new ConfigError(`${file} cannot be opened for writing by this user${userId()}: ${messageOf(error)}`);
}
