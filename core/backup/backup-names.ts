/** Names of backups say when they were begun and who wanted them: also where their database is gone. */
import { randomBytes } from 'node:crypto';
import { ENCRYPTED } from './encryption.ts';

const NAME = /^patchbay-(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z-[0-9a-f]{8}(-scheduled|-update)?\.tar\.gz(\.age)?$/;

export interface NamedBackup {
  /** Milliseconds since the epoch. */
  begunAt: number;
  /** Made by the schedule, which may delete it; those made by hand are people's. */
  isScheduled: boolean;
  /** Made before a newer version migrated the database. */
  isBeforeUpdate: boolean;
  /** Only a key opens it. */
  isEncrypted: boolean;
}

export function nameOfBackup({ begunAt, isScheduled, isBeforeUpdate, isEncrypted }: NamedBackup): string {
  const time = new Date(begunAt).toISOString().replace(/[-:]|\.\d+/g, '');
  const why = isScheduled ? '-scheduled' : isBeforeUpdate ? '-update' : '';
  const ending = `${why}.tar.gz${isEncrypted ? ENCRYPTED : ''}`;
  return `patchbay-${time}-${randomBytes(4).toString('hex')}${ending}`;
}

/** Null for every other file. */
export function namedBackup(name: string): NamedBackup | null {
  const found = NAME.exec(name);
  if (!found) return null;
  const [year = 0, month = 1, day = 0, hours = 0, minutes = 0, seconds = 0] = found.slice(1, 7).map(Number);
  return {
    begunAt: Date.UTC(year, month - 1, day, hours, minutes, seconds),
    isScheduled: found[7] === '-scheduled',
    isBeforeUpdate: found[7] === '-update',
    isEncrypted: found[8] !== undefined,
  };
}
