/**
 * Keys that stand twice in one mapping (YAML 1.2.2 §3.2.1.1). The reader's own check compares each key with all before it,
 * which takes minutes for the hundred thousand that fit into a definition.
 */
import { type Document, isScalar, visit } from 'yaml';

/** Where the second ones begin. */
export function repeatedKeys(document: Document): number[] {
  const found: number[] = [];
  visit(document, {
    Map(_, { items }) {
      const seen = new Set<unknown>();
      for (const { key } of items) {
        if (!isScalar(key)) continue;
        if (seen.has(key.value)) found.push(key.range?.[0] ?? 0);
        seen.add(key.value);
      }
    },
  });
  return found;
}
