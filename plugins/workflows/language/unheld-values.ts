/** What YAML can write and the data of a workflow cannot hold: numbers of too many digits, infinity, merge keys. */
import { type Document, isScalar, type Scalar, visit } from 'yaml';
import { isHeld } from '#core/thread-kit.ts';

interface Unheld {
  message: string;
  offset: number;
}

export function unheldValues(document: Document): Unheld[] {
  const found: Unheld[] = [];
  visit(document, {
    Scalar(_, { value, source = '', range }) {
      if (typeof value !== 'number' || isHeld(value, source)) return;
      const offset = range?.[0] ?? 0;
      if (Number.isFinite(value) || /\d/.test(source))
        found.push({
          message: `The number ${source.slice(0, 60)} cannot be kept exactly: write it in quotes, as a text`,
          offset,
        });
      else found.push({ message: `${source} is no number that JSON has`, offset });
    },
    Map(_, { items }) {
      for (const { key } of items) {
        if (!isMergeKey(key)) continue;
        const message = "'<<' does not merge here: write the keys out, or use an alias for a whole value";
        found.push({ message, offset: key.range?.[0] ?? 0 });
      }
    },
  });
  return found;
}

/** In quotes it is a key like any other. */
function isMergeKey(key: unknown): key is Scalar {
  return isScalar(key) && key.value === '<<' && key.type === 'PLAIN';
}
