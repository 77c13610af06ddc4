/**
 * Copies of scheduled backups in a place away from the server: sent once they are made, tried again every hour, thinned out by the
 * rule of those at the server. What became of each is noted; only what is noted is ever deleted there, so that others may keep
 * theirs in the same place. Table: core_backup_copies.
 */
import { join } from 'node:path';
import { sanitizeText } from '../database/sanitize-text.ts';
import { coreErrors, messageOf } from '../errors.ts';
import type { Logger } from '../observability/log.ts';
import { type StoredFile, type Target, TargetError } from '../offsite/stored-files.ts';
import { openTarget } from '../offsite/target.ts';
import type { Progress } from '../operations/operation.ts';
import type { Services } from '../services.ts';
import { type Backup, type Backups, SCHEDULE } from './backups.ts';
import { outlived } from './retention.ts';

/** Table `core_backup_copies`. */
export interface BackupCopyRow {
  id: number;
  backup: string;
  target: string;
  state: 'sending' | 'done' | 'failed';
  size_bytes: number;
  /** With which the place takes back what was cut off. */
  upload: string | null;
  problem: string | null;
  tries: number;
  /** Of the backup. */
  made_at: number;
  first_tried_at: number;
  tried_at: number;
}

declare global {
  namespace Patchbay {
    interface Tables {
      core_backup_copies: BackupCopyRow;
    }
  }
}

export interface CopyState {
  kind: 's3' | 'webdav' | 'sftp';
  /** Where they go, without secrets. */
  target: string;
  /** When the newest backup was made of which there is a copy. */
  last_at: number | null;
  count: number;
  size_bytes: number;
  /** Why the last try came to nothing; null when it did not. */
  failure: { at: number; error: string } | null;
}

export interface Copies {
  /** Sends what is to be there, and deletes there what has had its time. Throws `conflict` while that is done already. */
  send(log: Logger, signal: AbortSignal): Promise<void>;
  /** Null where there is no such place. */
  state(): Promise<CopyState | null>;
  /** How the copy of each backup is. */
  known(): Promise<Map<string, BackupCopyRow['state']>>;
  /** When that was first tried which is still not there; null when nothing waits. */
  waitingSince(): Promise<number | null>;
}

const COPY_KIND = 'core.backupCopy';
const LONGEST_PROBLEM = 1_000;
/** Of places that are used no more. */
const KEEP_MS = 400 * 24 * 3600 * 1000;

type Parts = Pick<Services, 'coreConfig' | 'clock' | 'db' | 'operations' | 'outbound'>;
type Rehearsed = () => Promise<Map<string, 'passed' | 'failed'>>;

export function createCopies(parts: Parts, backups: Pick<Backups, 'list'>, rehearsed: Rehearsed): Copies {
  const { coreConfig, clock, db, operations, outbound } = parts;

  return { send, state, known, waitingSince };

  async function send(log: Logger, signal: AbortSignal): Promise<void> {
    const target = await openTarget(coreConfig.backups.target, outbound);
    if (!target) return;
    const notes = await notesOf(target);
    const isSettled = notes.every((note) => note.state === 'done') && goneOf(notes, await rehearsed()).length === 0;
    if (isSettled && wantedOf(await backups.list(), notes).length === 0) return;
    const what = {
      kind: COPY_KIND,
      title: 'Copy of backups to another place',
      principal: SCHEDULE,
      tenantId: null,
      canCancel: true,
      isAlone: true,
    };
    await operations.run(what, async (progress) => {
      const both = AbortSignal.any([progress.signal, signal]);
      return bringInLine(target, log, { ...progress, signal: both });
    });
  }

  /** What was found out before may have changed: of two processes one has done it meanwhile. */
  async function bringInLine(target: Target, log: Logger, progress: Progress): Promise<{ sent: number }> {
    const wanted = wantedOf(await backups.list(), await notesOf(target));
    for (const backup of wanted) await noteBegun(target, backup);
    try {
      const there = await target.list(progress.signal);
      await removeMissing(target, there, log);
      await discardCutOff(target, progress.signal);
      for (const backup of wanted) {
        await copy(target, backup, there, progress);
        log.info({ name: backup.name, target: target.label }, 'A backup was copied to another place');
      }
    } catch (error) {
      const said = progress.signal.aborted ? 'It was cut off, and is sent again' : messageOf(error);
      await db
        .write('core_backup_copies')
        .where({ target: target.label, state: 'sending' })
        .update({ state: 'failed', problem: sanitizeText(said, LONGEST_PROBLEM) });
      throw asShown(error);
    }
    await thinOut(target, log, progress.signal);
    return { sent: wanted.length };
  }

  async function copy(target: Target, backup: Backup, there: StoredFile[], progress: Progress): Promise<void> {
    const { name, size_bytes } = backup;
    const { signal } = progress;
    const mine = () => db.write('core_backup_copies').where({ target: target.label, backup: name });
    // It is there when a process was gone before it could note it: names are of one backup alone.
    if (!there.some((one) => one.name === name && one.size_bytes === size_bytes)) {
      await target.put(name, join(coreConfig.backups.folder, name), {
        signal,
        report: (done) => progress.report({ done, total: size_bytes, message: `Copying ${name}` }),
        begun: async (upload) => void (await mine().update({ upload })),
      });
      await checkArrived(target, backup, signal);
    }
    await mine().update({ state: 'done', upload: null, problem: null });
  }

  async function checkArrived(target: Target, { name, size_bytes }: Backup, signal: AbortSignal): Promise<void> {
    const found = (await target.list(signal)).find((one) => one.name === name);
    if (found?.size_bytes === size_bytes) return;
    const has = found ? `has ${found.size_bytes} of ${size_bytes} bytes` : 'is not in the list';
    throw new TargetError(`${name} was sent, and ${has}`);
  }

  async function noteBegun({ label }: Target, { name, size_bytes, created_at }: Backup): Promise<void> {
    const now = clock.now();
    const tries = db.write.raw('core_backup_copies.tries + 1');
    const begun = { state: 'sending', size_bytes, problem: null, tried_at: now } as const;
    const first = { backup: name, target: label, upload: null, tries: 1, made_at: created_at, first_tried_at: now };
    await db
      .write('core_backup_copies')
      .insert({ ...first, ...begun })
      .onConflict(['target', 'backup'])
      .merge({ ...begun, tries });
  }

  /** Somebody has deleted them there: they are no copies any more. */
  async function removeMissing(target: Target, there: readonly StoredFile[], log: Logger): Promise<void> {
    const sizes = new Map(there.map((one) => [one.name, one.size_bytes]));
    for (const { id, backup, size_bytes } of (await notesOf(target)).filter(({ state: how }) => how === 'done')) {
      if (sizes.get(backup) === size_bytes) continue;
      log.warn({ name: backup, target: target.label }, 'The copy of a backup is not where it was');
      await db.write('core_backup_copies').where({ id }).delete();
    }
  }

  /** Of this process, and of one that was killed. */
  async function discardCutOff(target: Target, signal: AbortSignal): Promise<void> {
    for (const { id, backup, upload } of await notesOf(target)) {
      if (upload === null) continue;
      await target.discard(backup, upload, signal);
      await db.write('core_backup_copies').where({ id }).update({ upload: null });
    }
  }

  async function thinOut(target: Target, log: Logger, signal: AbortSignal): Promise<void> {
    for (const { id, backup } of goneOf(await notesOf(target), await rehearsed())) {
      await target.remove(backup, signal);
      await db.write('core_backup_copies').where({ id }).delete();
      log.info({ name: backup, target: target.label }, 'The copy of a backup that had its time was deleted');
    }
    // Tries for which newer ones stand, or of which the backup is gone.
    const wanted = wantedOf(await backups.list(), await notesOf(target)).map(({ name }) => name);
    await db
      .write('core_backup_copies')
      .where({ target: target.label })
      .whereNot({ state: 'done' })
      .whereNotIn('backup', wanted)
      .delete();
    await db
      .write('core_backup_copies')
      .whereNot({ target: target.label })
      .where('tried_at', '<', clock.now() - KEEP_MS)
      .delete();
  }

  function goneOf(notes: readonly BackupCopyRow[], rehearsals: ReadonlyMap<string, 'passed' | 'failed'>) {
    const done = notes.filter((note) => note.state === 'done');
    const copies = done.map(({ backup, made_at }) => ({
      name: backup,
      created_at: made_at,
      rehearsal: rehearsals.get(backup) ?? null,
    }));
    const gone = new Set(outlived(copies, coreConfig.backups.keep, clock.now()));
    return done.filter(({ backup }) => gone.has(backup));
  }

  async function state(): Promise<CopyState | null> {
    const { target: config } = coreConfig.backups;
    const target = await openTarget(config, outbound);
    if (!target || config.kind === 'none') return null;
    const notes = await notesOf(target);
    const done = notes.filter((note) => note.state === 'done');
    const lastTried = notes.toSorted((one, other) => other.tried_at - one.tried_at)[0];
    const failed = lastTried?.state === 'failed' ? lastTried : null;
    return {
      kind: config.kind,
      target: target.label,
      last_at: done.length === 0 ? null : Math.max(...done.map(({ made_at }) => made_at)),
      count: done.length,
      size_bytes: done.reduce((sum, { size_bytes }) => sum + size_bytes, 0),
      failure: failed && { at: failed.tried_at, error: failed.problem ?? '' },
    };
  }

  async function known(): Promise<Map<string, BackupCopyRow['state']>> {
    const target = await openTarget(coreConfig.backups.target, outbound);
    if (!target) return new Map();
    return new Map((await notesOf(target)).map((note) => [note.backup, note.state]));
  }

  async function waitingSince(): Promise<number | null> {
    const target = await openTarget(coreConfig.backups.target, outbound);
    if (!target) return null;
    const notes = await notesOf(target);
    if (wantedOf(await backups.list(), notes).length === 0) return null;
    const pending = notes.filter((note) => note.state !== 'done').map((note) => note.first_tried_at);
    return pending.length === 0 ? null : Math.min(...pending);
  }

  function notesOf({ label }: Target): Promise<BackupCopyRow[]> {
    return db.read('core_backup_copies').where({ target: label }).orderBy('id');
  }
}

/** What the place says is what people are to read. */
function asShown(error: unknown): unknown {
  return error instanceof TargetError ? coreErrors.backup_copy_failed({ message: error.message, cause: error }) : error;
}

/** Scheduled ones that are newer than the newest copy, oldest first; of a new place the newest alone. */
function wantedOf(local: readonly Backup[], notes: readonly BackupCopyRow[]): Backup[] {
  const done = notes.filter(({ state }) => state === 'done').map(({ made_at }) => made_at);
  const scheduled = local.filter((one) => one.is_scheduled);
  if (done.length === 0) return scheduled.slice(0, 1);
  const newest = Math.max(...done);
  return scheduled.filter(({ created_at }) => created_at > newest).reverse();
}
