/** Backups that administrators and the schedule make beside the running server: of their folder the owner alone may read. */
import { createReadStream } from 'node:fs';
import { mkdir, readdir, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import type { Principal } from '../access/principal.ts';
import { codeOf, coreErrors } from '../errors.ts';
import type { Progress } from '../operations/operation.ts';
import type { OperationView } from '../operations/operation-row.ts';
import type { Plugin, Services } from '../plugin.ts';
import { coreVersion } from '../version.ts';
import { type NamedBackup, namedBackup, nameOfBackup } from './backup-names.ts';
import type { BackupTask } from './backup-process.ts';
import { inProcess, MEMORY_MB } from './child.ts';
import { backupNeeds, lackOfRoom, watchRoom } from './disk-room.ts';
import { markDisk, refuseOtherDisk } from './same-disk.ts';
import { removeAbandoned, stagingFor } from './staging.ts';
import type { BackupSource, Written } from './write-backup.ts';

export interface Backup {
  name: string;
  size_bytes: number;
  /** When it was begun, in milliseconds since the epoch. */
  created_at: number;
  is_scheduled: boolean;
  /** Made before a newer version migrated the database. */
  is_before_update: boolean;
  is_encrypted: boolean;
}

/** What is said of one that was made. */
export interface MadeBackup {
  name: string;
  size_bytes: number;
  contents?: Record<string, number>;
  missing_files: number;
}

export interface Backups {
  /** Begins one. Throws `conflict` while another is being made. */
  start(principal: Principal): Promise<OperationView>;
  /** Makes one by the schedule, and waits for it. Throws `conflict`, and `storage_full` when there is not room. */
  makeScheduled(signal: AbortSignal): Promise<MadeBackup>;
  /**
   * Makes one before anything of the platform runs, keeps the newest few of its kind, and waits for it. Throws `storage_full` when
   * there is not room.
   */
  makeBeforeUpdate(): Promise<MadeBackup>;
  /** At a start: what processes left that were killed while they made one. */
  tidy(): Promise<void>;
  /** Newest first. */
  list(): Promise<Backup[]>;
  /** Throws `not_found`. */
  open(name: string): Promise<Backup & { stream: Readable }>;
  /** Throws `not_found`. */
  remove(name: string): Promise<void>;
}

const KIND = 'core.backup';
/** Of those before updates: one goes back to the last version, seldom to the one before. */
const UPDATES_KEPT = 3;

/** Who wanted it. */
type Why = 'person' | 'schedule' | 'update';
const PROCESS = new URL('./backup-process.ts', import.meta.url);

/** Who does what the schedule asks for: in no tenant, so that super-admins alone see it. */
export const SCHEDULE: Principal = {
  kind: 'root',
  id: 'schedule',
  userId: null,
  tenantId: null,
  roles: ['superadmin'],
  scopes: null,
};

type Parts = Pick<Services, 'coreConfig' | 'clock' | 'secrets' | 'db' | 'operations'>;

export function createBackups(parts: Parts, plugins: readonly Plugin[]): Backups {
  const { coreConfig, clock, operations } = parts;
  const { folder, leaveFreeMb } = coreConfig.backups;
  const work = { kind: KIND, title: 'Backup', tenantId: null, canCancel: true, isAlone: true };

  return {
    async start(principal) {
      return operations.start({ ...work, principal }, (progress) => make(progress, 'person'));
    },
    makeScheduled(signal) {
      const makeIt = async (progress: Progress): Promise<MadeBackup> => {
        await checkRoom();
        return make({ ...progress, signal: AbortSignal.any([progress.signal, signal]) }, 'schedule');
      };
      return operations.run({ ...work, title: 'Backup by schedule', principal: SCHEDULE }, makeIt);
    },
    async makeBeforeUpdate() {
      await checkRoom();
      const made = await make({ signal: new AbortController().signal, report: () => {} }, 'update');
      // Not by its time alone: where the clock is behind, the one that was just made is the oldest by its name.
      const others = (await list()).filter((one) => one.is_before_update && one.name !== made.name);
      const former = others.slice(UPDATES_KEPT - 1);
      for (const { name } of former) await unlink(join(folder, name));
      return made;
    },
    tidy: () => removeAbandoned(folder),
    list,
    async open(name) {
      const found = await existing(name);
      return { ...found, stream: createReadStream(join(folder, name)) };
    },
    async remove(name) {
      await existing(name);
      await unlink(join(folder, name));
    },
  };

  async function list(): Promise<Backup[]> {
    const names = await readdir(folder).catch(noneWhenMissing);
    const found = await Promise.all(names.map(seen));
    return found.filter((one) => one !== null).sort((one, other) => other.created_at - one.created_at);
  }

  /** Nothing fills the disk that nobody has asked for by hand. */
  async function checkRoom(): Promise<void> {
    await makeFolder();
    const lack = await lackOfRoom(folder, await backupNeeds(parts), leaveFreeMb);
    if (lack) throw coreErrors.storage_full({ message: `No backup was made. ${lack}` });
  }

  async function make(progress: Pick<Progress, 'signal' | 'report'>, why: Why): Promise<MadeBackup> {
    await makeFolder();
    const { recipient } = coreConfig.backups.encryption;
    const name = nameOfBackup({
      begunAt: clock.now(),
      isScheduled: why === 'schedule',
      isBeforeUpdate: why === 'update',
      isEncrypted: recipient !== null,
    });
    const target = join(folder, name);
    const staging = await stagingFor(target);
    const room = why !== 'person' ? watchRoom(folder, leaveFreeMb) : null;
    const signal = room ? AbortSignal.any([progress.signal, room.signal]) : progress.signal;
    try {
      const source = sourceOf(parts, plugins);
      const task = {
        database: coreConfig.database,
        storage: coreConfig.storage,
        source,
        staging: staging.folder,
        target,
        recipient,
        memoryMb: MEMORY_MB,
      };
      const { manifest, missing } = await inProcess<BackupTask, Written>(PROCESS, task, { ...progress, signal });
      const { size } = await stat(target);
      await markDisk(coreConfig.dataDir, folder);
      return { name, size_bytes: size, contents: manifest.contents, missing_files: missing.length };
    } catch (error) {
      if (!room?.signal.aborted) throw error;
      throw coreErrors.storage_full({ message: 'The backup was cancelled before it filled the disk', cause: error });
    } finally {
      room?.end();
      await staging.remove();
    }
  }

  async function makeFolder(): Promise<void> {
    await refuseOtherDisk(coreConfig.dataDir, folder);
    await mkdir(folder, { recursive: true, mode: 0o700 });
  }

  async function existing(name: string): Promise<Backup> {
    const found = await seen(name);
    if (!found) throw coreErrors.not_found({ message: 'There is no such backup here' });
    return found;
  }

  /** No other file of the folder can be named. */
  async function seen(name: string): Promise<Backup | null> {
    const named: NamedBackup | null = namedBackup(name);
    const found = named && (await stat(join(folder, name)).catch(() => null));
    if (!named || !found?.isFile()) return null;
    return {
      name,
      size_bytes: found.size,
      created_at: named.begunAt,
      is_scheduled: named.isScheduled,
      is_before_update: named.isBeforeUpdate,
      is_encrypted: named.isEncrypted,
    };
  }
}

/** What a backup says of this platform. */
export function sourceOf(
  { coreConfig, clock, secrets }: Pick<Services, 'coreConfig' | 'clock' | 'secrets'>,
  plugins: readonly Plugin[],
): BackupSource {
  return {
    dataDir: coreConfig.dataDir,
    version: coreVersion(),
    secretFingerprint: secrets.fingerprint,
    now: clock.now(),
    counted: Object.assign({}, ...plugins.map(({ contents }) => contents ?? {})),
  };
}

function noneWhenMissing(error: unknown): string[] {
  if (codeOf(error) === 'ENOENT') return [];
  throw error;
}
