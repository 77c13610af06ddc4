/** What somebody may have meant who wrote a name that is not there. */

/** ` (did you mean 'set'?)`, or nothing when no name is near. */
export function suggestion(wrong: string, names: Iterable<string>): string {
  let best: string | null = null;
  let fewest = Math.min(2, Math.floor(wrong.length / 3)) + 1;
  for (const name of names) {
    const changes = distance(wrong.toLowerCase(), name.toLowerCase());
    if (changes >= fewest) continue;
    fewest = changes;
    best = name;
  }
  return best === null ? '' : ` (did you mean '${best}'?)`;
}

/** How many letters must be added, removed, changed, or swapped with their neighbour. Long names are not compared. */
function distance(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > 2 || a.length > 100) return Number.POSITIVE_INFINITY;
  const rows = [Array.from({ length: b.length + 1 }, (_, column) => column)];
  for (let row = 1; row <= a.length; row++) {
    const line = [row];
    for (let column = 1; column <= b.length; column++) {
      const above = rows[row - 1] as number[];
      const isSame = a[row - 1] === b[column - 1];
      const isSwapped = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      line[column] = Math.min(
        (above[column] ?? 0) + 1,
        (line[column - 1] ?? 0) + 1,
        (above[column - 1] ?? 0) + (isSame ? 0 : 1),
        isSwapped ? (rows[row - 2]?.[column - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY,
      );
    }
    rows.push(line);
  }
  return rows[a.length]?.[b.length] ?? 0;
}
