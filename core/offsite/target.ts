/** A place away from the server where files lie under names: what every kind of it can do. */
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import type { Outbound } from '../outbound/outbound.ts';
import type { TargetConfig } from './config.ts';

export interface StoredFile {
  name: string;
  size_bytes: number;
}

export interface Sending {
  signal: AbortSignal;
  /** Bytes that are there. */
  report?(done: number): void;
  /** Told before the first byte what `discard` needs when this process is gone meanwhile. */
  begun?(upload: string): Promise<void>;
}

export interface Target {
  /** What people know it by, without secrets: `s3://host/bucket/folder/`. */
  label: string;
  list(signal: AbortSignal): Promise<StoredFile[]>;
  /** A file under this name: all of it or nothing. */
  put(name: string, file: string, sending: Sending): Promise<void>;
  /** Throws when there is none. */
  open(name: string, signal: AbortSignal): Promise<Readable>;
  /** No error when there is none. */
  remove(name: string, signal: AbortSignal): Promise<void>;
  /** Removes what an upload has left that was cut off. */
  discard(name: string, upload: string, signal: AbortSignal): Promise<void>;
}

/** The place did not do what it was asked for. */
export class TargetError extends Error {
  override name = 'TargetError';
}

/** Null where there is no second place. Clients are loaded with the first use: many servers have none. */
export async function openTarget(config: TargetConfig, outbound: Outbound): Promise<Target | null> {
  if (config.kind === 's3') return (await import('./s3.ts')).s3Target(config.s3, outbound);
  if (config.kind === 'webdav') return (await import('./webdav.ts')).webdavTarget(config.webdav, outbound);
  return null;
}

/** Writes, lists, reads and deletes a small file. Throws what does not work. */
export async function tryTarget(target: Target, signal: AbortSignal): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'patchbay-target-'));
  const name = `patchbay-test-${randomUUID()}.txt`;
  const content = `A test of Patchbay, which deletes it again: ${name}\n`;
  try {
    const file = join(folder, name);
    await writeFile(file, content);
    await target.put(name, file, { signal });
    const found = (await target.list(signal)).find((one) => one.name === name);
    if (found?.size_bytes !== content.length) throw new TargetError('What was written is not in the list');
    const read = await text(await target.open(name, signal));
    if (read !== content) throw new TargetError('What was written is read as something else');
  } finally {
    await rm(folder, { recursive: true });
    await target.remove(name, signal);
  }
}
