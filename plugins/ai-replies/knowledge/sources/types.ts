/** What a source gives: what there is, by what each is recognised, and its bytes. */
import type { SourceRow } from '../tables.ts';

export interface SourceItem {
  /** Its name there: a path, or the address of a page. */
  path: string;
  /** What changes when it does; '' when nothing says so, and it has to be looked at each time. */
  version: string;
}

/** What one is, or why it cannot be had, in a sentence: the others are read all the same. */
export type SourceFile = SourceItem & ({ bytes: Buffer } | { problem: string });

export interface SourceListing {
  items: readonly SourceItem[];
  /** Pages of the web, which are read as such. */
  arePages: boolean;
  /** What the whole is recognised by; '' when it is not. */
  version: string;
  /** Sentences about what was left out. */
  left: readonly string[];
  /**
   * Of what nothing is known: paths, folders (with a slash at the end), '' for anything. What was found there before stays, for
   * nobody has said that it is gone.
   */
  unseen: ReadonlySet<string>;
  /** Bytes of these, in any order. Not of pages. */
  files(wanted: readonly SourceItem[]): AsyncIterable<SourceFile>;
  close(): void;
}

/** What a source is asked with. */
export interface SourceOrder extends Pick<SourceRow, 'url' | 'within' | 'branch'> {
  /** `Authorization` for its own origin; null without. */
  authorization: string | null;
  maxFileBytes: number;
  signal: AbortSignal;
}

/** Why a source cannot be read, in a sentence for the person who has named it. */
export class SourceProblem extends Error {}

/** Of one source. */
export const MOST_ITEMS = 5_000;
