/** The place away from the server that the configuration names, and how it is tried. */
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import type { Outbound } from '../outbound/outbound.ts';
import type { TargetConfig } from './config.ts';
import { type Target, TargetError } from './stored-files.ts';

/** Null where there is no second place. Clients are loaded with the first use: many servers have none. */
export async function openTarget(config: TargetConfig, outbound: Outbound): Promise<Target | null> {
  if (config.kind === 's3') return (await import('./s3.ts')).s3Target(config.s3, outbound);
  if (config.kind === 'webdav') return (await import('./webdav.ts')).webdavTarget(config.webdav, outbound);
  if (config.kind === 'sftp') return (await import('./sftp.ts')).sftpTarget(config.sftp);
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
    const read = await beginningOf(await target.open(name, signal), content.length + 1);
    if (read !== content) throw new TargetError('What was written is read as something else');
  } finally {
    await rm(folder, { recursive: true });
    await target.remove(name, signal);
  }
}

/** A place may send what has no end. */
async function beginningOf(stream: Readable, most: number): Promise<string> {
  let read = Buffer.alloc(0);
  for await (const chunk of stream) {
    read = Buffer.concat([read, chunk]);
    if (read.length >= most) break;
  }
  return read.toString();
}
