/** The thread of `bare.ts` that parses mails: it reads them where they lie, and gives what is kept of them. */
import { openSync, readSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import PostalMime from 'postal-mime';
import { MemoryBlob } from '#plugins/mail/messages/parser/memory-blob.ts';

globalThis.Blob = MemoryBlob as unknown as typeof Blob;

const segment = openSync(workerData, 'r');

parentPort?.on('message', async (mails: { id: number; offset: number; length: number }[]) => {
  const parsed: unknown[][] = [];
  for (const { id, offset, length } of mails) {
    const bytes = Buffer.alloc(length);
    readSync(segment, bytes, 0, length, offset);
    const { subject, text } = await PostalMime.parse(bytes);
    parsed.push([id, subject, text]);
  }
  parentPort?.postMessage(parsed);
});
