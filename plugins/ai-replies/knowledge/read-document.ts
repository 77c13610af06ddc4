/** Reads a document: from what was sent, or from its address; cuts it into chunks and stores those. */

import { createHash } from 'node:crypto';
import { messageOf, sanitizeText } from '#core/kit.ts';
import type { Services } from '#core/plugin.ts';
import type { AiRepliesConfig } from '../config.ts';
import type { KnowledgeAnnouncing } from './announcing.ts';
import type { ChunkStore } from './chunk-store.ts';
import { EMBED_DOCUMENT } from './job-names.ts';
import { nameOfPage } from './page-address.ts';
import { hasRoom, roomBeside } from './quota.ts';
import type { DocumentReader } from './reading/reader.ts';
import { charsetOf } from './reading/text.ts';
import type { BaseRow, DocumentRow } from './tables.ts';
import { embedOptions } from './vectors/embedding.ts';

export interface DocumentReading {
  /**
   * Does what the document's state says afterwards, and tells of it. Rejects with the reason of the signal, or when something of
   * ours fails.
   */
  read(document: number, wanted: number, isLastTry: boolean, signal: AbortSignal): Promise<void>;
}

/** What there is to read, or why there is nothing. */
type Source = { bytes: Buffer; sentAs: string; patch: Partial<DocumentRow> } | { problem: string } | 'unchanged';

const PAGE_TIMEOUT_MS = 30_000;
const USER_AGENT = 'Patchbay (knowledge)';
const LONGEST_NAME = 200;
const NO_ROOM = 'There is no room for it: all documents together would be too large';
const LONGEST_REASON = 2_000;

export function createDocumentReading({
  db,
  blobs,
  clock,
  jobs,
  outbound,
  chunkStore,
  documentReader,
  knowledgeAnnouncing,
  config,
}: Services & {
  chunkStore: ChunkStore;
  knowledgeAnnouncing: KnowledgeAnnouncing;
  documentReader: DocumentReader;
  config: AiRepliesConfig;
}): DocumentReading {
  return {
    async read(id, wanted, isLastTry, signal) {
      // What was put tells of it itself, in the same transaction.
      if (!(await readOnce(id, wanted, isLastTry, signal))) await knowledgeAnnouncing.documentRead(id);
    },
  };

  /** True when it has been told of. */
  async function readOnce(id: number, wanted: number, isLastTry: boolean, signal: AbortSignal): Promise<boolean> {
    const document = await db.read('ai_replies_documents').where({ id, wanted, is_gone: 0 }).first();
    const base = document && (await db.read('ai_replies_bases').where({ id: document.base, is_gone: 0 }).first());
    if (!document || !base || document.reading === wanted) return false;
    // The tries before have ended the process, or something of ours fails each time: it is not to do so for ever.
    if (isLastTry)
      return untold(
        fail(document, 'It could not be read, several times; ask for it again, or send it in another form'),
      );
    const source = document.url === null ? await fromBlob(document) : await fromAddress(document, document.url, signal);
    if (source === 'unchanged') return untold(confirm(document));
    if ('problem' in source) return untold(fail(document, source.problem));
    return readFrom(document, base, source, signal);
  }

  async function readFrom(
    document: DocumentRow,
    base: BaseRow,
    { bytes, sentAs, patch }: Exclude<Source, 'unchanged' | { problem: string }>,
    signal: AbortSignal,
  ): Promise<boolean> {
    const content_hash = createHash('sha256').update(bytes).digest('base64url');
    if (content_hash === document.content_hash && document.reading > 0) return untold(confirm(document, patch));
    const size = { tokens: base.chunk_tokens, overlap: base.overlap_tokens };
    const found = await documentReader.read(
      { bytes, sentAs, name: document.name, size, lane: document.tenant_id },
      signal,
    );
    if ('problem' in found) return untold(fail(document, found.problem));
    if (document.url !== null && !(await takeRoom(document, bytes.length))) return untold(fail(document, NO_ROOM));
    const { mediaType, title, pages, chunks } = found;
    const stored = document.url === null ? null : await keptCopy(bytes);
    const isNamed = document.url === null || ![document.url, nameOfPage(document.url)].includes(document.name);
    const change = {
      ...patch,
      content_hash,
      pages,
      media_type: readAs(mediaType, sentAs),
      size_bytes: bytes.length,
      ...(!isNamed && title !== '' && { name: sanitizeText(title, LONGEST_NAME) }),
    };
    return chunkStore.put(document, chunks, change, async (trx, put) => {
      if (stored) {
        const [blob = null] = await blobs.insert(trx, [stored]);
        await trx('ai_replies_documents').where({ id: document.id }).update({ blob });
        if (document.blob !== null) await blobs.remove(trx, [document.blob]);
      }
      if (config.embedding) await jobs.enqueue(trx, EMBED_DOCUMENT, { document: document.id }, embedOptions(document));
      await knowledgeAnnouncing.announceRead(trx, put);
    });
  }

  /** A page is as large as it is when it is read. */
  async function takeRoom({ id, tenant_id }: DocumentRow, bytes: number): Promise<boolean> {
    return db.transaction(async (trx) => {
      if (!hasRoom(await roomBeside(trx, config, tenant_id, id), bytes)) return false;
      await trx('ai_replies_documents').where({ id }).update({ size_bytes: bytes });
      return true;
    });
  }

  async function keptCopy(bytes: Buffer) {
    const writer = blobs.writer();
    await writer.write(bytes);
    return writer.finish();
  }

  async function fromBlob({ blob, media_type }: DocumentRow): Promise<Source> {
    if (blob === null) return { problem: 'Its file is missing' };
    return { bytes: await blobs.read(blob), sentAs: media_type, patch: {} };
  }

  async function fromAddress(document: DocumentRow, url: string, signal: AbortSignal): Promise<Source> {
    const { etag, last_modified, reading } = document;
    const known = reading > 0;
    try {
      const answer = await outbound.request(url, {
        headers: {
          'user-agent': USER_AGENT,
          accept: 'text/html, text/markdown, text/plain, application/pdf, */*;q=0.5',
          ...(known && etag !== null && { 'if-none-match': etag }),
          ...(known && last_modified !== null && { 'if-modified-since': last_modified }),
        },
        timeoutMs: PAGE_TIMEOUT_MS,
        maxBytes: config.knowledge.maxFileMb * 1024 * 1024,
        retries: 1,
        signal,
      });
      if (answer.status === 304 && known) return 'unchanged';
      if (answer.status !== 200) return { problem: `The page answers with status ${answer.status}` };
      const sentAs = answer.headers['content-type'] ?? '';
      const patch = {
        etag: answer.headers.etag?.slice(0, 500) ?? null,
        last_modified: answer.headers['last-modified']?.slice(0, 100) ?? null,
      };
      return { bytes: answer.body, sentAs, patch };
    } catch (error) {
      signal.throwIfAborted();
      return { problem: `The page could not be read: ${messageOf(error)}` };
    }
  }

  /** It says what it said before. */
  async function confirm({ id, wanted }: DocumentRow, patch: Partial<DocumentRow> = {}): Promise<void> {
    const now = clock.now();
    const same = { ...patch, state: 'ready' as const, reason: '', read_at: now, updated_at: now };
    await db.write('ai_replies_documents').where({ id, wanted }).update(same);
  }

  /** What was found before stays; the reason says that it is old. */
  async function fail({ id, wanted, reading }: DocumentRow, reason: string): Promise<void> {
    const state = reading > 0 ? ('ready' as const) : ('failed' as const);
    await db
      .write('ai_replies_documents')
      .where({ id, wanted })
      .update({ state, reason: sanitizeText(reason, LONGEST_REASON), updated_at: clock.now() });
  }
}

async function untold(work: Promise<void>): Promise<false> {
  await work;
  return false;
}

/** What it was found to be, and how its text is written where its sender has said so: it may be read again. */
function readAs(mediaType: string, sentAs: string): string {
  const charset = mediaType.startsWith('text/') ? charsetOf(sentAs) : null;
  return charset === null ? mediaType : `${mediaType}; charset=${charset}`;
}
