/** Which parts of a value have to be written anew to make it another one. */

export type Path = readonly (string | number)[];

export type Step =
  | { kind: 'put'; path: Path; value: unknown }
  /** A key at the end of a map, or an item before the one at the index that `path` ends with. */
  | { kind: 'insert'; path: Path; value: unknown }
  | { kind: 'remove'; path: Path };

/** In the order in which they are to be done: places in lists are those after the steps before. */
export function differences(before: unknown, after: unknown, path: Path = []): Step[] {
  if (isSame(before, after)) return [];
  if (isMap(before) && isMap(after) && size(before) > 0 && size(after) > 0) return ofMaps(before, after, path);
  if (Array.isArray(before) && Array.isArray(after) && before.length > 0 && after.length > 0)
    return ofLists(before, after, path);
  return [{ kind: 'put', path, value: after }];
}

export function isSame(one: unknown, other: unknown): boolean {
  if (Object.is(one, other)) return true;
  if (Array.isArray(one) && Array.isArray(other))
    return one.length === other.length && one.every((item, index) => isSame(item, other[index]));
  if (!isMap(one) || !isMap(other)) return false;
  const keys = Object.keys(one);
  return keys.length === size(other) && keys.every((key) => Object.hasOwn(other, key) && isSame(one[key], other[key]));
}

function ofMaps(before: Record<string, unknown>, after: Record<string, unknown>, path: Path): Step[] {
  const gone = Object.keys(before).filter((key) => !Object.hasOwn(after, key));
  const added = Object.keys(after).filter((key) => !Object.hasOwn(before, key));
  // With nothing of the old one left there would be no map to write into.
  if (gone.length === size(before)) return [{ kind: 'put', path, value: after }];
  return [
    ...gone.map((key): Step => ({ kind: 'remove', path: [...path, key] })),
    ...Object.keys(before).flatMap((key) =>
      Object.hasOwn(after, key) ? differences(before[key], after[key], [...path, key]) : [],
    ),
    ...added.map((key): Step => ({ kind: 'insert', path: [...path, key], value: after[key] })),
  ];
}

function ofLists(before: readonly unknown[], after: readonly unknown[], path: Path): Step[] {
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && isSame(before[start], after[start])) start += 1;
  let same = 0;
  while (same < shorter - start && isSame(before.at(-1 - same), after.at(-1 - same))) same += 1;
  const [olds, news] = [before.slice(start, before.length - same), after.slice(start, after.length - same)];
  const both = Math.min(olds.length, news.length);
  const steps = olds.slice(0, both).flatMap((item, index) => differences(item, news[index], [...path, start + index]));
  // From the end, so that the places of the others stay.
  for (let index = olds.length - 1; index >= both; index -= 1)
    steps.push({ kind: 'remove', path: [...path, start + index] });
  for (let index = both; index < news.length; index += 1)
    steps.push({ kind: 'insert', path: [...path, start + index], value: news[index] });
  return steps;
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function size(map: Record<string, unknown>): number {
  return Object.keys(map).length;
}
