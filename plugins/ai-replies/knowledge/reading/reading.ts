/** One document, read in a thread: its chunks, or the sentence that says why not. */
import { type ReadLimits, Unreadable } from './blocks.ts';
import { type Chunk, type ChunkSize, chunksOf } from './chunks.ts';
import { readParts } from './read.ts';

export interface ReadOrder {
  bytes: Uint8Array;
  /** Media type that it was sent as; '' without. */
  sentAs: string;
  name: string;
  size: ChunkSize;
  limits: ReadLimits;
}

export interface ReadDocument {
  mediaType: string;
  title: string;
  pages: number | null;
  chunks: Chunk[];
}

export type ReadReply = ReadDocument | { problem: string };

export async function read({ bytes, sentAs, name, size, limits }: ReadOrder): Promise<ReadReply> {
  try {
    const { mediaType, title, pages, blocks } = await readParts(Buffer.from(bytes), sentAs, name, limits);
    const chunks = chunksOf(blocks, size);
    if (chunks.length === 0) return { problem: 'There is no text in it' };
    if (chunks.length > limits.maxChunks)
      return { problem: `It is too long: ${chunks.length} passages, ${limits.maxChunks} are kept at most` };
    return { mediaType, title, pages, chunks };
  } catch (error) {
    if (error instanceof Unreadable) return { problem: error.message };
    return {
      problem: `It could not be read: ${error instanceof Error ? error.message.slice(0, 300) : 'it is damaged'}`,
    };
  }
}
