/**
 * What an opaque S/MIME signature encloses (RFC 8551 §3.5.2, RFC 5652 §5): the mail itself stands in it, and in no other part.
 * Of the structure only the way to that content is read; the signature is not checked.
 */

const SIGNED_DATA = '2a864886f70d010702';
const DATA = '2a864886f70d010701';
const TAG = { octets: 0x04, oid: 0x06, sequence: 0x10 };
const CONTEXT_0 = 0xa0;
const CONSTRUCTED = 0x20;
const DEEPEST = 16;

interface Element {
  /** Class, form and number, as they stand there. */
  tag: number;
  content: Buffer;
  /** Where the next one begins. */
  next: number;
}

/** The MIME entity that was signed; null when it is none, or stands elsewhere. */
export function signedContent(bytes: Buffer): Buffer | null {
  try {
    const [type, explicit] = childrenOf(elementAt(bytes, 0).content);
    if (!isOid(type, SIGNED_DATA) || explicit?.tag !== CONTEXT_0) return null;
    const [signed] = childrenOf(explicit.content);
    const [, , enclosed] = childrenOf(signed?.content ?? Buffer.alloc(0));
    if (enclosed?.tag !== (CONSTRUCTED | TAG.sequence)) return null;
    const [inner, octets] = childrenOf(enclosed.content);
    if (!isOid(inner, DATA) || octets?.tag !== CONTEXT_0) return null;
    return octetsOf(childrenOf(octets.content), 0);
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

function isOid(element: Element | undefined, oid: string): boolean {
  return element?.tag === TAG.oid && element.content.toString('hex') === oid;
}

/** The first few elements: what follows the way is not looked at. */
function childrenOf(content: Buffer, most = 3): Element[] {
  const children: Element[] = [];
  for (let at = 0; at < content.length && children.length < most; ) {
    const element = elementAt(content, at);
    children.push(element);
    at = element.next;
  }
  return children;
}

/** A string may come in pieces, which are strings themselves (X.690 §8.7). */
function octetsOf(elements: readonly Element[], depth: number): Buffer {
  if (depth > DEEPEST) throw new RangeError('Nested too deep');
  return Buffer.concat(
    elements.map(({ tag, content }) => {
      if (tag === TAG.octets) return content;
      if (tag !== (CONSTRUCTED | TAG.octets)) throw new RangeError('Not a string');
      return octetsOf(childrenOf(content, Number.POSITIVE_INFINITY), depth + 1);
    }),
  );
}

function elementAt(bytes: Buffer, at: number, depth = 0): Element {
  if (depth > DEEPEST) throw new RangeError('Nested too deep');
  const tag = bytes.readUInt8(at);
  const first = bytes.readUInt8(at + 1);
  if (first === 0x80) return withoutLength(bytes, at, tag, depth);
  const lengthBytes = first < 0x80 ? 0 : first & 0x7f;
  if (lengthBytes > 4) throw new RangeError('Too long');
  const length = lengthBytes === 0 ? first : bytes.readUIntBE(at + 2, lengthBytes);
  const start = at + 2 + lengthBytes;
  if (start + length > bytes.length) throw new RangeError('Not whole');
  return { tag, content: bytes.subarray(start, start + length), next: start + length };
}

/** It ends where two zeros stand in place of another element (X.690 §8.1.5). */
function withoutLength(bytes: Buffer, begin: number, tag: number, depth: number): Element {
  let at = begin + 2;
  while (bytes.readUInt16BE(at) !== 0) at = elementAt(bytes, at, depth + 1).next;
  return { tag, content: bytes.subarray(begin + 2, at), next: at + 2 };
}
