/** `patchbay backup:list` and `backup:fetch NAME [FILE]`: copies of backups away from the server, also where that is gone. */
import { createWriteStream, existsSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { namedBackup } from '../backup/backup-names.ts';
import { systemClock } from '../clock.ts';
import type { CoreConfig } from '../config/schema.ts';
import { prepare } from '../configuration.ts';
import { ConfigError, messageOf } from '../errors.ts';
import { createLog } from '../observability/log.ts';
import { type StoredFile, type Target, TargetError } from '../offsite/stored-files.ts';
import { openTarget } from '../offsite/target.ts';
import { createOutbound, type Outbound } from '../outbound/outbound.ts';
import { withPlatform } from './with-platform.ts';

const NEWEST = 'newest';
const LIST_MS = 5 * 60_000;
const FETCH_MS = 12 * 3600 * 1000;

export async function backupList(): Promise<void> {
  await withTarget(async (target) => {
    const copies = await copiesIn(target);
    for (const { name, size_bytes } of copies)
      process.stdout.write(`${name}  ${size_bytes.toLocaleString('en')} bytes\n`);
    process.stdout.write(`${copies.length} in ${target.label}\n`);
  });
}

export async function backupFetch(wanted: string, file?: string): Promise<void> {
  await withTarget(async (target) => {
    const copies = await copiesIn(target);
    const copy = wanted === NEWEST ? copies[0] : copies.find(({ name }) => name === wanted);
    if (!copy)
      throw new ConfigError(
        `There is no ${wanted} in ${target.label}; \`patchbay backup:list\` names what it contains`,
      );
    const path = resolve(file ?? copy.name);
    if (existsSync(path)) throw new ConfigError(`${path} exists already; it is not overwritten`);
    await fetchInto(target, copy, path);
    process.stdout.write(`Wrote ${path}: ${copy.name}, ${copy.size_bytes.toLocaleString('en')} bytes.\n`);
  });
}

/** Beside its name until it is whole. */
async function fetchInto(target: Target, { name, size_bytes }: StoredFile, path: string): Promise<void> {
  const part = `${path}.part`;
  const signal = AbortSignal.timeout(FETCH_MS);
  try {
    const written = createWriteStream(part, { mode: 0o600 });
    await pipeline(await target.open(name, signal), noMoreThan(size_bytes, name), written, { signal });
    if (written.bytesWritten !== size_bytes)
      throw new TargetError(`${name} came with ${written.bytesWritten} of ${size_bytes} bytes`);
    await rename(part, path);
  } finally {
    await rm(part, { force: true });
  }
}

/** Newest first. */
async function copiesIn(target: Target): Promise<StoredFile[]> {
  const begunAt = ({ name }: StoredFile): number | undefined => namedBackup(name)?.begunAt;
  const found = (await target.list(AbortSignal.timeout(LIST_MS))).filter((one) => begunAt(one) !== undefined);
  return found.sort((one, other) => (begunAt(other) ?? 0) - (begunAt(one) ?? 0));
}

/** On the day when the server is gone, so are its settings: what a file or the environment says is enough. */
async function withTarget(work: (target: Target) => Promise<void>): Promise<void> {
  const { coreConfig } = await prepare({});
  if (coreConfig.backups.target.kind === 'none') return withSetTarget(work);
  const { http } = coreConfig;
  const outbound = createOutbound({ config: http.outbound, log: createLog({ level: 'warn' }), clock: systemClock() });
  try {
    await on(coreConfig, outbound, work);
  } finally {
    await outbound.close();
  }
}

async function withSetTarget(work: (target: Target) => Promise<void>): Promise<void> {
  let isOpen = false;
  try {
    await withPlatform('read', async ({ services }) => {
      isOpen = true;
      await on(services.coreConfig, services.outbound, work);
    });
  } catch (error) {
    if (isOpen || !(error instanceof ConfigError)) throw error;
    throw new ConfigError(
      `Neither a file nor the environment names backups.target, and there are no settings here: ${messageOf(error)}`,
      { cause: error },
    );
  }
}

async function on(
  { backups }: Pick<CoreConfig, 'backups'>,
  outbound: Outbound,
  work: (target: Target) => Promise<void>,
): Promise<void> {
  const target = await openTarget(backups.target, outbound);
  if (!target) throw new ConfigError('Backups are copied nowhere: backups.target.kind is none');
  try {
    await work(target);
  } catch (error) {
    throw error instanceof TargetError ? new ConfigError(messageOf(error), { cause: error }) : error;
  }
}

/** A place may send what has no end, which would fill the disk. */
function noMoreThan(bytes: number, name: string) {
  return async function* (chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    let taken = 0;
    for await (const chunk of chunks) {
      taken += chunk.length;
      if (taken > bytes) throw new TargetError(`${name} came with more than its ${bytes} bytes`);
      yield chunk;
    }
  };
}
