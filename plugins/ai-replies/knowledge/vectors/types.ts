/** What is asked of vectors, whatever compares them. */

export interface Wanted {
  bases: readonly number[];
  model: string;
  /** Of length 1. */
  vector: Float32Array;
  limit: number;
}

export interface Nearest {
  chunk: number;
  /** The cosine of the angle: 1 is the same. */
  similarity: number;
}
