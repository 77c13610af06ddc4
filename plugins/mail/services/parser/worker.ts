/** The worker thread: parses raw messages, takes attachments out of them, makes HTML safe. */
import { parentPort } from 'node:worker_threads';
import { MemoryBlob } from './memory-blob.ts';
import { type AttachmentInfo, attachmentOf, type ParsedMessage, parseMessage } from './parse.ts';
import type { SanitizeWish } from './sanitize.ts';

export type ParseOutcome = { parsed: ParsedMessage } | { error: string };
export interface FoundAttachment {
  info: AttachmentInfo;
  content: Uint8Array;
}

/** What the thread can be asked, each with what it answers. */
export interface Tasks {
  parse: { given: { raws: Uint8Array[] }; answer: ParseOutcome[] };
  attachment: { given: { raw: Uint8Array; index: number }; answer: FoundAttachment | null };
  sanitize: { given: SanitizeWish; answer: { html: string; remoteImages: number } };
}
export type Request = { [T in keyof Tasks]: { task: T } & Tasks[T]['given'] }[keyof Tasks];

globalThis.Blob = MemoryBlob as unknown as typeof Blob;

parentPort?.on('message', async (request: Request) => {
  try {
    parentPort?.postMessage({ answer: await answer(request) });
  } catch (error) {
    parentPort?.postMessage({ error: error instanceof Error ? error.message : String(error) });
  }
});

function answer(request: Request): Promise<Tasks[keyof Tasks]['answer']> | Tasks[keyof Tasks]['answer'] {
  if (request.task === 'parse') return parseAll(request.raws);
  if (request.task === 'attachment') return attachmentOf(request.raw, request.index);
  return import('./sanitize.ts').then(({ sanitize }) => sanitize(request));
}

async function parseAll(raws: readonly Uint8Array[]): Promise<ParseOutcome[]> {
  const outcomes: ParseOutcome[] = [];
  for (const raw of raws) {
    try {
      outcomes.push({ parsed: await parseMessage(raw) });
    } catch (error) {
      outcomes.push({ error: error instanceof Error ? error.message : String(error) });
    }
  }
  return outcomes;
}
