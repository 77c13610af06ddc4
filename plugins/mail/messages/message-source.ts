/** A message as it came, for people who look closer: its beginning, and the fields of its header. */
import type { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';

/** So many are shown; mail has a few dozen. */
const MOST_FIELDS = 500;

/** As many bytes of a stream, which is closed then. */
export async function* firstBytes(stream: Readable, limit: number): AsyncGenerator<Buffer> {
  let left = limit;
  for await (const chunk of stream) {
    const bytes: Buffer = chunk;
    yield bytes.subarray(0, left);
    left -= bytes.length;
    // Leaving the loop destroys the stream.
    if (left <= 0) return;
  }
}

/** The header with the line that ends it, or as much of it as `limit` allows. */
export async function headerOf(stream: Readable, limit: number): Promise<Buffer> {
  const beginning = await buffer(firstBytes(stream, limit));
  const end = /\r?\n\r?\n/.exec(beginning.toString('latin1'));
  return end ? beginning.subarray(0, end.index + end[0].length) : beginning;
}

/** Names and values in their order, lines joined (RFC 5322 §2.2.3), and otherwise as they came. */
export function headerFields(source: string): { name: string; value: string }[] {
  const fields: { name: string; value: string }[] = [];
  for (const line of source.split(/\r?\n/)) {
    if (line === '' || fields.length > MOST_FIELDS) break;
    const last = fields.at(-1);
    if (/^[ \t]/.test(line) && last) last.value += ` ${line.trim()}`;
    else {
      const colon = line.indexOf(':');
      if (colon > 0) fields.push({ name: line.slice(0, colon).trim(), value: line.slice(colon + 1).trim() });
    }
  }
  return fields;
}
