/** Rehearsals: the newest backup is restored beside the server, and what became of it is kept. Table: core_rehearsals. */
import { mkdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { sanitizeText } from '../database/sanitize-text.ts';
import { coreErrors, isAppError } from '../errors.ts';
import type { Progress } from '../operations/operation.ts';
import type { Plugin, Services } from '../plugin.ts';
import { migrationSourcesOf } from '../plugins.ts';
import { namedBackup } from './backup-names.ts';
import { type Backup, type Backups, SCHEDULE } from './backups.ts';
import { inProcess, MEMORY_MB } from './child.ts';
import { lackOfRoom, rehearsalNeeds } from './disk-room.ts';
import type { BackupKeys } from './keys.ts';
import type { RehearsalTask } from './rehearsal-process.ts';
import type { RehearsalResult } from './rehearse.ts';
import { stagingFor } from './staging.ts';

/** Table `core_rehearsals`. */
export interface RehearsalRow {
  id: number;
  backup: string;
  outcome: RehearsalResult['outcome'];
  problem: string | null;
  contents: string;
  begun_at: number;
  took_ms: number;
}

declare global {
  namespace Patchbay {
    interface Tables {
      core_rehearsals: RehearsalRow;
    }
  }
}

export interface Rehearsals {
  /** Tries the newest backup; null when there is none. Throws `conflict` while another one is tried. */
  run(signal: AbortSignal): Promise<RehearsalRow | null>;
  /** The latest one. */
  last(): Promise<RehearsalRow | null>;
  /** What is known of each backup: its latest rehearsal that could be held. */
  known(): Promise<Map<string, 'passed' | 'failed'>>;
}

const PROCESS = new URL('./rehearsal-process.ts', import.meta.url);
const KEEP_MS = 400 * 24 * 3600 * 1000;
const LONGEST_PROBLEM = 1_000;

type Parts = Pick<Services, 'coreConfig' | 'clock' | 'db' | 'operations'>;

export function createRehearsals(
  parts: Parts,
  { backups, keys }: { backups: Pick<Backups, 'list'>; keys: Pick<BackupKeys, 'identities'> },
  plugins: readonly Plugin[],
): Rehearsals {
  const { coreConfig, clock, db, operations } = parts;
  const { folder, leaveFreeMb } = coreConfig.backups;

  return { run, last, known };

  async function run(signal: AbortSignal): Promise<RehearsalRow | null> {
    const [newest] = await backups.list();
    if (!newest) return null;
    const what = {
      kind: 'core.rehearsal',
      title: 'Rehearsal of a backup',
      principal: SCHEDULE,
      tenantId: null,
      canCancel: true,
      isAlone: true,
    };
    return operations.run(what, (progress) => {
      return hold(newest, { ...progress, signal: AbortSignal.any([progress.signal, signal]) });
    });
  }

  async function hold(backup: Backup, progress: Progress): Promise<RehearsalRow> {
    const begunAt = clock.now();
    // Real time: the work is, however a test moves the clock.
    const begun = performance.now();
    const { outcome, problem, contents } = await tried(backup, progress);
    const [row] = await db
      .write('core_rehearsals')
      .insert({
        backup: backup.name,
        outcome,
        problem: problem === null ? null : sanitizeText(problem, LONGEST_PROBLEM),
        contents: JSON.stringify(contents),
        begun_at: begunAt,
        took_ms: Math.round(performance.now() - begun),
      })
      .returning('*');
    if (!row) throw new Error('The rehearsal was not written');
    await db
      .write('core_rehearsals')
      .where('begun_at', '<', clock.now() - KEEP_MS)
      .delete();
    return row;
  }

  async function tried({ name }: Backup, progress: Progress): Promise<RehearsalResult> {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const lack = await lackOfRoom(folder, await rehearsalNeeds(parts), leaveFreeMb);
    if (lack) return { outcome: 'impossible', problem: lack, contents: {} };
    const archive = join(folder, name);
    const staging = await stagingFor(archive);
    try {
      return await inProcess<RehearsalTask, RehearsalResult>(PROCESS, await taskOf(archive, staging.folder), progress);
    } catch (error) {
      // What it says of the backup is its outcome; that the process was ended is not.
      if (!isAppError(error) || error.code !== BACKUP_FAILED) throw error;
      return { outcome: 'failed', problem: error.message, contents: {} };
    } finally {
      await staging.remove();
    }
  }

  async function taskOf(archive: string, staging: string): Promise<RehearsalTask> {
    return {
      archive,
      staging,
      database: coreConfig.database,
      sources: migrationSourcesOf(plugins).map(({ owner, folder, derived }) => ({
        owner,
        folder: folder.href,
        ...(derived && { derived: derived.href }),
      })),
      counted: Object.assign({}, ...plugins.map(({ contents }) => contents ?? {})),
      checks: plugins.flatMap(({ name, rehearsal }) => (rehearsal ? [{ plugin: name, module: rehearsal.href }] : [])),
      identities: namedBackup(basename(archive))?.isEncrypted ? await keys.identities() : [],
      memoryMb: MEMORY_MB,
    };
  }

  async function last(): Promise<RehearsalRow | null> {
    return (await db.read('core_rehearsals').orderBy('id', 'desc').first()) ?? null;
  }

  async function known(): Promise<Map<string, 'passed' | 'failed'>> {
    const rows = await db
      .read('core_rehearsals')
      .whereIn('outcome', ['passed', 'failed'])
      .orderBy('id')
      .select('backup', 'outcome');
    return new Map(rows.map(({ backup, outcome }) => [backup, outcome === 'failed' ? 'failed' : 'passed']));
  }
}

const BACKUP_FAILED = coreErrors.backup_failed().code;
