/**
 * Attachments, taken out of their message. Whole messages are in memory only while the parser is at them, few at once;
 * what waits for a slow reader is a file that has no name any more.
 */
import { randomUUID } from 'node:crypto';
import { open, unlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { createSemaphore } from '#core/kit.ts';
import type { Services } from '#core/plugin.ts';
import type { AttachmentInfo } from './parser/parse.ts';
import type { WorkerPool } from './workers/pool.ts';

export interface TakenAttachment {
  info: AttachmentInfo;
  sizeBytes: number;
  stream: Readable;
}

export interface Attachments {
  /** Null when the message has none with that index. Throws when it cannot be parsed, or too many wait. */
  take(blobId: number, index: number): Promise<TakenAttachment | null>;
}

/** Messages in memory at once, each up to the size that is accepted by SMTP. */
const AT_ONCE = 2;
const MOST_WAITING = 100;
/** Smaller ones stay in memory. */
const SPOOL_BYTES = 256 * 1024;

export function createAttachments({ blobs, mailWorkers }: Services & { mailWorkers: WorkerPool }): Attachments {
  const semaphore = createSemaphore(AT_ONCE, MOST_WAITING);

  return {
    take: (blobId, index) =>
      semaphore.run(async () => {
        const raw = await blobs.read(blobId);
        const found = await mailWorkers.run('people', 'attachment', { raw, index });
        if (!found) return null;
        const { info, content } = found;
        const bytes = Buffer.from(content.buffer, content.byteOffset, content.byteLength);
        const stream = bytes.length > SPOOL_BYTES ? await spooled(bytes) : Readable.from([bytes]);
        return { info, sizeBytes: bytes.length, stream };
      }),
  };
}

/** Read back from a file that goes with its handle. */
async function spooled(bytes: Buffer): Promise<Readable> {
  const path = join(tmpdir(), `patchbay-attachment-${randomUUID()}`);
  const file = await open(path, 'wx+', 0o600);
  try {
    await unlink(path);
    await file.writeFile(bytes);
  } catch (error) {
    await file.close();
    throw error;
  }
  return file.createReadStream({ start: 0 });
}
