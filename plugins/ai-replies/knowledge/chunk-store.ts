/**
 * Keeps what a reading of a document has given. Chunks are stored in steps, unseen, and are all found from the moment that the
 * document names their reading: whatever ends in between leaves what was found before. Table: ai_replies_chunks.
 */
import { createHash } from 'node:crypto';
import { deleteInSteps, insertMany } from '#core/kit.ts';
import type { Services, Transaction } from '#core/plugin.ts';
import type { Chunk } from './reading/chunks.ts';
import type { DocumentRow } from './tables.ts';
import type { Comparison } from './vectors/comparison.ts';
import { ownerOfBase, type WordIndex } from './word-index.ts';

/** With the document as it is then. */
export type Also = (trx: Transaction, document: DocumentRow) => Promise<void>;

export interface ChunkStore {
  /**
   * Puts the chunks in the place of those that the document has; false when it was deleted, or another reading was asked for
   * since. Those that are the same as before keep their vectors. `also` is done in the transaction from which on they are found.
   */
  put(document: DocumentRow, chunks: readonly Chunk[], patch: Partial<DocumentRow>, also: Also): Promise<boolean>;
  /** Deletes all chunks of a document but those of one reading, in steps. */
  erase(document: number, exceptReading: number): Promise<void>;
}

/** Chunks that one transaction writes: some tens of milliseconds of the writer. */
const STEP = 250;
/** And of so many characters together, one chunk at least: their words are made while nobody else is served. */
const STEP_CHARACTERS = 60_000;
const COLUMNS = [
  'document',
  'base',
  'reading',
  'place',
  'headings',
  'page',
  'start',
  'is_row',
  'tokens',
  'text',
  'hash',
];

/** What one transaction writes, from this chunk on. */
export function stepFrom(chunks: readonly Chunk[], start: number): Chunk[] {
  let [end, characters] = [start, 0];
  for (let chunk = chunks[end]; chunk && end - start < STEP; chunk = chunks[end]) {
    characters += chunk.text.length;
    if (end > start && characters > STEP_CHARACTERS) break;
    end++;
  }
  return chunks.slice(start, end);
}

interface Step {
  chunks: readonly Chunk[];
  /** Of its first chunk among all. */
  start: number;
}

function stepsOf(chunks: readonly Chunk[]): Step[] {
  const steps: Step[] = [];
  for (let start = 0; start < chunks.length; start += steps.at(-1)?.chunks.length ?? 1)
    steps.push({ chunks: stepFrom(chunks, start), start });
  return steps;
}

export function createChunkStore({
  db,
  clock,
  wordIndex,
  comparison,
}: Services & { wordIndex: WordIndex; comparison: Comparison }): ChunkStore {
  return { put, erase };

  async function put(
    document: DocumentRow,
    chunks: readonly Chunk[],
    patch: Partial<DocumentRow>,
    also: Also,
  ): Promise<boolean> {
    const { id, base, wanted, reading } = document;
    const put = (trx: Transaction, step: Step) => insert(trx, { document: id, base, reading: wanted }, step);
    const steps = stepsOf(chunks);
    // Most texts are one step. What has vectors gets them before it is found.
    const last = reading === 0 ? steps.pop() : undefined;
    // What a try before this one has left.
    await erase(id, reading);
    for (const step of steps) await db.transaction((trx) => put(trx, step));
    if (reading > 0) await copyVectors(id, reading, wanted);
    const isPut = await db.transaction(async (trx) => {
      if (last) await put(trx, last);
      const now = clock.now();
      const done = { ...patch, reading: wanted, chunks: chunks.length, embedded_by: '', state: 'ready' as const };
      const [changed] = await trx('ai_replies_documents')
        .where({ id, wanted, is_gone: 0 })
        .update({ ...done, reason: '', read_at: now, updated_at: now })
        .returning('*');
      if (changed) await also(trx, changed);
      return changed !== undefined;
    });
    await erase(id, isPut ? wanted : reading);
    comparison.changed(base);
    return isPut;
  }

  async function insert(
    trx: Transaction,
    { document, base, reading }: { document: number; base: number; reading: number },
    { chunks, start }: Step,
  ): Promise<void> {
    const rows = chunks.map(({ headings, page, isRow, tokens, text, start: offset }, place) => {
      const path = JSON.stringify(headings.map(withoutNul));
      const hash = createHash('sha256').update(`${path}\n${text}`).digest('base64url');
      return [
        document,
        base,
        reading,
        start + place,
        path,
        page,
        offset,
        Number(isRow),
        tokens,
        withoutNul(text),
        hash,
      ];
    });
    const ids = await insertMany(trx, 'ai_replies_chunks', COLUMNS, rows);
    const owner = ownerOfBase(base);
    const texts = chunks.map(({ headings, text }, place) => ({
      id: ids[place] ?? 0,
      owner,
      text: [...headings, text].join('\n'),
    }));
    await wordIndex.add(trx, 'chunk', texts);
  }

  async function copyVectors(document: number, before: number, now: number): Promise<void> {
    await db.write.raw(
      `insert into ai_replies_vectors (chunk, base, model, dimensions, vector)
       select fresh.id, kept.base, kept.model, kept.dimensions, kept.vector
       from ai_replies_chunks as fresh
       join (select hash, min(id) as id from ai_replies_chunks where document = ? and reading = ? group by hash) as old
         on old.hash = fresh.hash
       join ai_replies_vectors as kept on kept.chunk = old.id
       where fresh.document = ? and fresh.reading = ?`,
      [document, before, document, now],
    );
  }

  async function erase(document: number, exceptReading: number): Promise<void> {
    await deleteInSteps(db, 'ai_replies_chunks', 'id', (rows) =>
      rows.where({ document }).whereNot({ reading: exceptReading }),
    );
  }
}

/** PostgreSQL keeps no such character in a text. */
function withoutNul(text: string): string {
  return text.replaceAll('\0', ' ').toWellFormed();
}
