/** The configuration as keys and values, before any schema has seen it. */
export type Tree = Record<string, unknown>;

/** An object that is nothing but keys and values. */
export function isTree(value: unknown): value is Tree {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** Objects are merged key by key; lists and values of the upper one replace the lower one's. */
export function merge(lower: Tree, upper: Tree): Tree {
  const merged: Tree = { ...lower };
  for (const [key, value] of Object.entries(upper)) {
    const below = merged[key];
    merged[key] = isTree(below) && isTree(value) ? merge(below, value) : value;
  }
  return merged;
}
