/** How much a word tells: the inverse document frequency of BM25, 0 at least. */
export function inverseFrequency(all: number, rows: number): number {
  const most = Math.max(all, rows, 1);
  return Math.log(1 + (most - rows + 0.5) / (rows + 0.5));
}
