/** Backups that administrators make beside the running server: they lie in `dataDir/backups`, of which the owner alone may read. */
import { fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, readdir, rm, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import type { Principal } from '../access/principal.ts';
import { codeOf, coreErrors } from '../errors.ts';
import type { Progress } from '../operations/operation.ts';
import type { OperationView } from '../operations/operation-row.ts';
import type { Plugin, Services } from '../plugin.ts';
import { coreVersion } from '../version.ts';
import type { BackupMessage, BackupTask } from './backup-process.ts';
import { type BackupSource, stagingFor, type Written } from './write-backup.ts';

export interface Backup {
  name: string;
  size_bytes: number;
  /** Milliseconds since the epoch. */
  created_at: number;
}

export interface Backups {
  /** Begins one. Throws `conflict` while another is being made. */
  start(principal: Principal): Promise<OperationView>;
  /** Newest first. */
  list(): Promise<Backup[]>;
  /** Throws `not_found`. */
  open(name: string): Promise<Backup & { stream: Readable }>;
  /** Throws `not_found`. */
  remove(name: string): Promise<void>;
}

const FOLDER = 'backups';
const KIND = 'core.backup';
/** No other file of the folder can be named. */
const NAME = /^patchbay-\d{8}T\d{6}Z-[0-9a-f]{8}\.tar\.gz$/;
const PROCESS = new URL('./backup-process.ts', import.meta.url);
/** Of the process that writes one: the heap, and all of its memory. */
const HEAP_MB = 512;
const MEMORY_MB = 1_024;

type Parts = Pick<Services, 'coreConfig' | 'clock' | 'secrets' | 'db' | 'operations'>;

export function createBackups(parts: Parts, plugins: readonly Plugin[]): Backups {
  const { coreConfig, clock, operations } = parts;
  const folder = join(coreConfig.dataDir, FOLDER);

  return {
    async start(principal) {
      const what = { kind: KIND, title: 'Backup', principal, tenantId: null, canCancel: true, isAlone: true };
      return operations.start(what, make);
    },
    async list() {
      const names = await readdir(folder).catch(noneWhenMissing);
      const found = await Promise.all(names.filter((name) => NAME.test(name)).map(seen));
      return found.filter((one) => one !== null).sort((one, other) => other.created_at - one.created_at);
    },
    async open(name) {
      const found = await existing(name);
      return { ...found, stream: createReadStream(join(folder, name)) };
    },
    async remove(name) {
      await existing(name);
      await unlink(join(folder, name));
    },
  };

  async function make(progress: Progress): Promise<Record<string, unknown>> {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const time = new Date(clock.now()).toISOString().replace(/[-:]|\.\d+/g, '');
    const name = `patchbay-${time}-${randomBytes(4).toString('hex')}.tar.gz`;
    const target = join(folder, name);
    const staging = await stagingFor(target);
    try {
      const source = sourceOf(parts, plugins);
      const { manifest, missing } = await inProcess(
        { database: coreConfig.database, source, staging, target, memoryMb: MEMORY_MB },
        progress,
      );
      const { size } = await stat(target);
      return { name, size_bytes: size, contents: manifest.contents, missing_files: missing.length };
    } finally {
      await rm(staging, { recursive: true, force: true });
    }
  }

  async function existing(name: string): Promise<Backup> {
    const found = NAME.test(name) ? await seen(name) : null;
    if (!found) throw coreErrors.not_found({ message: 'There is no such backup here' });
    return found;
  }

  async function seen(name: string): Promise<Backup | null> {
    const found = await stat(join(folder, name)).catch(() => null);
    return found?.isFile() ? { name, size_bytes: found.size, created_at: Math.round(found.mtimeMs) } : null;
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

function inProcess(task: BackupTask, { signal, report }: Progress): Promise<Written> {
  const { promise, resolve, reject } = Promise.withResolvers<Written>();
  const execArgv = [...process.execArgv, `--max-old-space-size=${HEAP_MB}`];
  const child = fork(PROCESS, { serialization: 'advanced', execArgv });
  const abort = (): void => void child.kill('SIGKILL');
  signal.addEventListener('abort', abort);
  if (signal.aborted) abort();
  child.on('message', (message: BackupMessage) => {
    if ('step' in message) report(message.step);
    else if ('written' in message) resolve(message.written);
    else reject(coreErrors.backup_failed({ message: `The backup could not be written: ${message.failed}` }));
  });
  child.on('error', reject);
  child.on('exit', () => reject(coreErrors.backup_ended()));
  child.send(task);
  return promise.finally(() => signal.removeEventListener('abort', abort));
}

function noneWhenMissing(error: unknown): string[] {
  if (codeOf(error) === 'ENOENT') return [];
  throw error;
}
