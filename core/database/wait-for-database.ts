/** Reaching the database at a start: waiting for a server that is still starting, and saying what is wrong in a sentence. */
import { setTimeout as pause } from 'node:timers/promises';
import { ConfigError, codeOf, isAppError, messageOf } from '../errors.ts';
import type { Logger } from '../observability/log.ts';
import { userId } from '../user-id.ts';
import type { DatabaseConfig } from './connect.ts';
import { isUnavailable } from './database-errors.ts';
import { shownAddress } from './postgres-address.ts';
import { assertUsableServer } from './postgres-server.ts';

/** A database server that starts together with Patchbay, or fails over, is back within this. */
const PATIENCE_MS = 60_000;
const PAUSE_MS = 1_000;

/** Returns when the server has let us in; a patient caller waits a minute for one that cannot be reached. */
export async function untilItAnswers(
  config: DatabaseConfig,
  { isPatient, log, patienceMs = PATIENCE_MS }: { isPatient: boolean; log: Logger; patienceMs?: number },
): Promise<void> {
  const until = performance.now() + (isPatient ? patienceMs : 0);
  for (let isFirst = true; ; isFirst = false) {
    try {
      return await assertUsableServer(config);
    } catch (error) {
      if (!isUnavailable(error) || performance.now() >= until) throw error;
      if (isFirst) {
        const seconds = Math.round(patienceMs / 1000);
        log.warn(
          { reason: messageOf(error) },
          `The database at ${addressOf(config)} does not answer; it is tried for ${seconds} s`,
        );
      }
      await pause(PAUSE_MS);
    }
  }
}

/** Errors of the database that the operator can mend, with the file or server that they are about; others as they are. */
export function explainedDatabaseError(error: unknown, config: DatabaseConfig, file: string | null): unknown {
  if (error instanceof ConfigError || isAppError(error)) return error;
  const code = codeOf(error);
  if (file !== null) {
    const sentence = SQLITE_SENTENCES.find(([beginning]) => code.startsWith(beginning))?.[1];
    return sentence ? new ConfigError(`${file} ${sentence()}`, { cause: error }) : error;
  }
  // 28…: authorisation; 3D000: no such database; 42501: no right.
  const isRefusal = code.startsWith('28') || code === '3D000' || code === '42501';
  if (!isUnavailable(error) && !isRefusal) return error;
  return new ConfigError(`The database at ${addressOf(config)} cannot be used: ${reasonOf(error)}`, { cause: error });
}

const SQLITE_SENTENCES: [string, () => string][] = [
  ['SQLITE_READONLY', () => `cannot be written by this user${userId()}: it, or its folder, belongs to someone else`],
  ['SQLITE_CANTOPEN', () => `cannot be opened by this user${userId()}: it, or its folder, belongs to someone else`],
  ['SQLITE_PERM', () => `cannot be opened by this user${userId()}: it belongs to someone else`],
  ['SQLITE_CORRUPT', () => 'is damaged. Restore a backup into another folder, or try sqlite3 with `.recover`'],
  ['SQLITE_NOTADB', () => 'is not a SQLite database, or is damaged. Restore a backup into another folder'],
  ['SQLITE_FULL', () => 'cannot grow: the disk is full'],
  ['SQLITE_BUSY', () => 'is locked by another program'],
];

function addressOf({ connection }: DatabaseConfig): string {
  return shownAddress(connection ?? '');
}

function reasonOf(error: unknown): string {
  const codes = error instanceof AggregateError ? error.errors.map(messageOf).join('; ') : '';
  return messageOf(error) || codes || codeOf(error);
}
