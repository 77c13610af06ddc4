/**
 * A backup that is restored from the page into an installation in which nobody is yet: it is brought here (piece by piece, or from
 * a place where backups lie), unpacked and looked into beside what runs, and put in its place between two starts of the process.
 */
import { randomUUID } from 'node:crypto';
import { createWriteStream, existsSync } from 'node:fs';
import { mkdir, rm, stat, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { type Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { CoreConfig } from '../config/schema.ts';
import type { MigrationSource } from '../database/migrations.ts';
import { type AppError, ConfigError, coreErrors, isAppError, messageOf } from '../errors.ts';
import { folderSource } from '../offsite/folder.ts';
import { HostKeyError } from '../offsite/host-key.ts';
import { type StoredFile, type Target, TargetError } from '../offsite/stored-files.ts';
import { openTarget } from '../offsite/target.ts';
import type { Services } from '../services.ts';
import { namedBackup } from './backup-names.ts';
import { deleteNotes } from './delete-notes.ts';
import { lackOfRoom, watchRoom } from './disk-room.ts';
import { identitiesIn, isEncrypted } from './encryption.ts';
import { type IsUnused, replaceUnused, serversOn } from './over-empty.ts';
import { syncAll } from './placing.ts';
import { removeAbandonedIncoming, type Staging, stagingForIncoming } from './staging.ts';
import { checked, unpack } from './unpacked.ts';

declare global {
  namespace Patchbay {
    interface HookCatalogue {
      /** Somebody wants to restore a backup into this installation, and shows with what right. Who knows sets `isUnused`. */
      'installation.restoring': RestoreAdmission;
    }
  }
}

export interface RestoreAdmission {
  token: string;
  /** Whether nobody has begun to use the installation; asked again right before it is replaced. Null: nobody may. */
  isUnused: IsUnused | null;
}

export type RestorePhase = 'open' | 'receiving' | 'fetching' | 'checking' | 'restarting' | 'done' | 'failed';

export interface RestoreState {
  id: string;
  phase: RestorePhase;
  done_bytes: number;
  total_bytes: number;
  /** Why it came to nothing; then everything is as it was. */
  problem: string | null;
}

/** What the start after it is told. */
export interface RestoreOutcome {
  id: string;
  problem: string | null;
}

/** Where a backup is to be had. */
export type RestoreStore = CoreConfig['backups']['target'] | { kind: 'folder'; folder: string };

export interface FreshRestores {
  /** Throws `not_found` where another one was opened since. */
  state(id: string): RestoreState;
  /** Throws where the token is none, somebody has begun to use the installation, or other servers work on it. */
  open(token: string): Promise<RestoreState>;
  /** The next piece of a file that is uploaded. Throws `restore_out_of_step` with where it goes on, and `storage_full`. */
  receive(id: string, piece: { at: number; total: number; stream: Readable }): Promise<RestoreState>;
  /** Newest first. With the key of a server that nobody has confirmed yet, there is no list. */
  list(id: string, store: RestoreStore): Promise<{ items: StoredFile[]; hostKey: string | null }>;
  /** Of what was uploaded, or of a file in a store. Comes back when it has begun. */
  begin(id: string, from: { store: RestoreStore; name: string } | null, identity: string): Promise<RestoreState>;
  /** At a start: removes what others brought here that were killed. */
  start(): Promise<void>;
  /** Removes what came to nothing, but for what is put in its place after it. */
  stop(): Promise<void>;
}

export interface FreshRestoreParts {
  services: Pick<Services, 'coreConfig' | 'db' | 'hooks' | 'outbound' | 'log' | 'clock' | 'tracing'>;
  sources: readonly MigrationSource[];
  /** Of the restore before this start. */
  outcome: RestoreOutcome | null;
  /** Null where nobody would start this process again. */
  restart(): ((between: () => Promise<RestoreOutcome>) => void) | null;
}

const LARGEST_PIECE = 64 * 1024 * 1024;
const LIST_MS = 60_000;
const FETCH_MS = 12 * 3600 * 1000;
/** For the answer that says so. */
const RESTART_AFTER_MS = 300;
/** What was brought here is the whole of an installation: it does not stay where nobody goes on with it. */
const LOOK_MS = 5 * 60_000;
const FORGOTTEN_MS = 24 * 3600 * 1000;

interface Opened {
  state: RestoreState;
  staging: Staging;
  isUnused: IsUnused;
  isBusy: boolean;
  /** By the clock that nobody sets. */
  usedAt: number;
}

export function createFreshRestores({ services, sources, outcome, restart }: FreshRestoreParts): FreshRestores {
  const { coreConfig, db, hooks, outbound, log, clock } = services;
  const { dataDir } = coreConfig;
  let current: Opened | null = null;

  return {
    state: (id) => {
      if (outcome?.id === id) return ended(outcome);
      return { ...opened(id).state };
    },
    open,
    receive: (id, piece) => alone(id, (one) => receive(one, piece)),
    list,
    begin,
    start: () => removeAbandonedIncoming(dataDir),
    stop,
  };

  async function open(token: string): Promise<RestoreState> {
    const admission: RestoreAdmission = { token, isUnused: null };
    await hooks.run('installation.restoring', admission, async () => {});
    if (!admission.isUnused || !restart()) throw coreErrors.restore_not_here();
    if (current?.isBusy) throw alreadyUnderWay();
    await mustBeUnused(admission.isUnused);
    if (db.client === 'pg' && (await serversOn(db.read)) > 1)
      throw coreErrors.restore_not_here({ message: 'Other servers work on this database. Stop them first' });
    const opening: Opened = {
      state: { id: randomUUID(), phase: 'open', done_bytes: 0, total_bytes: 0, problem: null },
      staging: await stagingForIncoming(dataDir),
      isUnused: admission.isUnused,
      isBusy: false,
      usedAt: clock.elapsed(),
    };
    // Two that open at once: the later one has it.
    const former: Opened | null = current;
    if (former?.isBusy) {
      await opening.staging.remove();
      throw alreadyUnderWay();
    }
    current = opening;
    watch(opening);
    await former?.staging.remove();
    return { ...opening.state };
  }

  /** Until somebody has begun to use the installation in another way, or nobody goes on with it. */
  function watch(one: Opened): void {
    clock.after(LOOK_MS, () => {
      if (current !== one) return;
      if (one.isBusy) return watch(one);
      isOver(one).then(
        (over) => (over ? discard(one) : watch(one)),
        (error) => log.warn({ reason: messageOf(error) }, 'A backup that was brought here could not be looked after'),
      );
    });
  }

  async function isOver({ usedAt, isUnused }: Opened): Promise<boolean> {
    return clock.elapsed() - usedAt > FORGOTTEN_MS || !(await isUnused(db.read));
  }

  async function discard(one: Opened): Promise<void> {
    if (current !== one || one.isBusy) return;
    current = null;
    await one.staging.remove();
  }

  async function stop(): Promise<void> {
    if (current && current.state.phase !== 'restarting') await current.staging.remove();
    current = null;
  }

  async function receive(
    { state, staging: { folder } }: Opened,
    { at, total, stream }: { at: number; total: number; stream: Readable },
  ): Promise<RestoreState> {
    const file = fileIn(folder);
    if (at === 0) await rm(file, { force: true });
    const has = existsSync(file) ? (await stat(file)).size : 0;
    if (at !== has) throw coreErrors.restore_out_of_step({ extra: { at: has } });
    await mustHaveRoom(total - at);
    Object.assign(state, { phase: 'receiving', done_bytes: at, total_bytes: total, problem: null });
    const most = Math.min(LARGEST_PIECE, total - at);
    try {
      await pipeline(stream, counted(state, most), createWriteStream(file, { flags: 'a', mode: 0o600 }));
    } catch (error) {
      // Of a piece that was cut off nothing stays, so that it can be sent again.
      await truncate(file, at);
      state.done_bytes = at;
      throw error;
    }
    return { ...state };
  }

  async function list(id: string, store: RestoreStore): Promise<{ items: StoredFile[]; hostKey: string | null }> {
    const { isUnused } = opened(id);
    await mustBeUnused(isUnused);
    try {
      const files = await (await sourceOf(store)).list(AbortSignal.timeout(LIST_MS));
      return { items: backupsIn(files), hostKey: null };
    } catch (error) {
      if (error instanceof HostKeyError && store.kind === 'sftp' && store.sftp.fingerprint === '')
        return { items: [], hostKey: error.seen };
      throw asShown(error);
    }
  }

  async function begin(
    id: string,
    from: { store: RestoreStore; name: string } | null,
    identity: string,
  ): Promise<RestoreState> {
    const identities = identity.trim() === '' ? [] : asRefused(() => identitiesIn(identity, 'The key'));
    const check = async (one: Opened): Promise<Opened> => {
      if (from || existsSync(fileIn(one.staging.folder))) return one;
      throw coreErrors.restore_refused({ message: 'No file has been sent' });
    };
    // Busy from before the first look: two at once would unpack into one folder.
    const one = await alone(id, check, true);
    one.state.problem = null;
    one.state.phase = from ? 'fetching' : 'checking';
    void prepare(one, from, identities).then(
      () => putInPlace(one),
      (error) => failed(one, error),
    );
    return { ...one.state };
  }

  async function prepare(
    { state, staging: { folder } }: Opened,
    from: { store: RestoreStore; name: string } | null,
    identities: readonly string[],
  ): Promise<void> {
    const room = watchRoom(dataDir, coreConfig.backups.leaveFreeMb);
    try {
      if (from) await fetchInto(state, fileIn(folder), from, room.signal);
      state.phase = 'checking';
      const file = fileIn(folder);
      if (identities.length === 0 && (await isEncrypted(file)))
        throw coreErrors.restore_refused({ message: 'It is encrypted: the key that opens it is needed' });
      const content = contentIn(folder);
      await rm(content, { recursive: true, force: true });
      await mkdir(content, { mode: 0o700 });
      await unpack(file, content, identities, room.signal);
      await checked(content, 'The backup', coreConfig, { sources, without: [] });
      await syncAll(content);
    } catch (error) {
      throw room.signal.aborted ? coreErrors.storage_full({ message: 'There is not room enough for it' }) : error;
    } finally {
      room.end();
    }
  }

  async function fetchInto(
    state: RestoreState,
    file: string,
    { store, name }: { store: RestoreStore; name: string },
    roomSignal: AbortSignal,
  ): Promise<void> {
    const signal = AbortSignal.any([roomSignal, AbortSignal.timeout(FETCH_MS)]);
    const source = await sourceOf(store);
    const found = backupsIn(await source.list(signal)).find((one) => one.name === name);
    if (!found) throw coreErrors.restore_refused({ message: `There is no backup ${name} in ${source.label}` });
    Object.assign(state, { done_bytes: 0, total_bytes: found.size_bytes });
    await mustHaveRoom(found.size_bytes);
    await rm(file, { force: true });
    const written = createWriteStream(file, { mode: 0o600 });
    await pipeline(await source.open(name, signal), counted(state, found.size_bytes), written, { signal });
    if (written.bytesWritten !== found.size_bytes)
      throw new TargetError(`${name} came with ${written.bytesWritten} of ${found.size_bytes} bytes`);
  }

  function putInPlace(one: Opened): void {
    const begin = restart();
    const { state, staging, isUnused } = one;
    if (!begin) {
      void failed(one, coreErrors.restore_not_here());
      return;
    }
    state.phase = 'restarting';
    log.info('A backup is restored into this installation, in which nobody is yet: the server starts again');
    setTimeout(() => begin(() => replaced(state.id, staging, isUnused)), RESTART_AFTER_MS);
  }

  async function replaced(id: string, staging: Staging, isUnused: IsUnused): Promise<RestoreOutcome> {
    try {
      await replaceUnused(coreConfig, { content: contentIn(staging.folder), sources, isUnused, log });
      await deleteNotes(services);
      return { id, problem: null };
    } catch (error) {
      return { id, problem: messageOf(error) };
    } finally {
      await staging.remove().catch(() => {});
    }
  }

  /** What was unpacked is gone before anybody can begin again, into the same folder. */
  async function failed(one: Opened, error: unknown): Promise<void> {
    const { state, staging } = one;
    const isExpected = error instanceof ConfigError || error instanceof TargetError || isAppError(error);
    if (!isExpected) log.error({ err: error }, 'A backup could not be restored');
    await rm(contentIn(staging.folder), { recursive: true, force: true }).catch(() => {});
    Object.assign(state, { phase: 'failed', problem: messageOf(error).replaceAll(fileIn(staging.folder), 'The file') });
    one.isBusy = false;
  }

  /** One after the other: two pieces at once would be written over each other. `staysBusy`: when it has not thrown. */
  async function alone<T>(id: string, work: (one: Opened) => Promise<T>, staysBusy = false): Promise<T> {
    const one = opened(id);
    if (one.isBusy) throw alreadyUnderWay();
    one.isBusy = true;
    let isDone = false;
    try {
      await mustBeUnused(one.isUnused);
      const given = await work(one);
      isDone = true;
      return given;
    } finally {
      one.isBusy = isDone && staysBusy;
    }
  }

  function opened(id: string): Opened {
    if (current?.state.id === id) {
      current.usedAt = clock.elapsed();
      return current;
    }
    throw coreErrors.not_found({ message: 'There is no such restore here any more: start again' });
  }

  async function mustBeUnused(isUnused: IsUnused): Promise<void> {
    if (!(await isUnused(db.read)))
      throw coreErrors.restore_not_here({ message: 'Someone has begun to use this installation' });
  }

  async function mustHaveRoom(bytes: number): Promise<void> {
    const lack = await lackOfRoom(dataDir, bytes, coreConfig.backups.leaveFreeMb);
    if (lack) throw coreErrors.storage_full({ message: lack });
  }

  async function sourceOf(store: RestoreStore): Promise<Pick<Target, 'label' | 'list' | 'open'>> {
    if (store.kind === 'folder') return folderSource(store.folder);
    const target = await openTarget(store, outbound);
    if (!target) throw coreErrors.restore_refused();
    return target;
  }
}

function alreadyUnderWay(): AppError {
  return coreErrors.conflict({ message: 'A backup is being restored already' });
}

function ended({ id, problem }: RestoreOutcome): RestoreState {
  return { id, phase: problem === null ? 'done' : 'failed', done_bytes: 0, total_bytes: 0, problem };
}

function fileIn(folder: string): string {
  return join(folder, 'backup');
}

function contentIn(folder: string): string {
  return join(folder, 'content');
}

/** Counts what goes through, and ends what is longer than was said. */
function counted(state: RestoreState, most: number): Transform {
  let taken = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, pass) {
      taken += chunk.length;
      if (taken > most) return pass(coreErrors.restore_refused({ message: 'There is more of it than was said' }));
      state.done_bytes += chunk.length;
      pass(null, chunk);
    },
  });
}

function backupsIn(files: readonly StoredFile[]): StoredFile[] {
  const madeAt = ({ name }: StoredFile): number => namedBackup(name)?.begunAt ?? 0;
  return files.filter((one) => madeAt(one) > 0).sort((one, other) => madeAt(other) - madeAt(one));
}

function asShown(error: unknown): unknown {
  const isSaid = error instanceof TargetError || error instanceof ConfigError;
  return isSaid ? coreErrors.restore_refused({ message: error.message, cause: error }) : error;
}

function asRefused<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw asShown(error);
  }
}
