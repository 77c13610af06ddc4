/** What documents consist of, whatever they were written with, and why one cannot be read. */

/** A part of a document that belongs together: what stands below a heading, a page, a row of a table. */
export interface Block {
  /** Headings above it, outermost first. */
  headings: readonly string[];
  /** 1 for the first; null where there are no pages. */
  page: number | null;
  isRow: boolean;
  text: string;
}

export interface ReadLimits {
  maxPages: number;
  /** Of what a packed document is unpacked to. */
  maxUnzippedBytes: number;
  maxChunks: number;
}

export interface DocumentParts {
  blocks: Block[];
  pages: number | null;
}

/** Its message is a sentence for the person who has sent the document. */
export class Unreadable extends Error {}
