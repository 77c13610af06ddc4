/**
 * Who a message says to be from: its From field (RFC 5322 §3.6.2), read once and from left to right, for whoever asks: what is
 * shown, what DMARC is asked about, and what may be handed in are then the same. Its time grows with the field alone.
 */

export interface Authors {
  /** In their order; one, as a rule. */
  addresses: string[];
  /** How many From fields there are; RFC 5322 §3.6 wants one. */
  fields: number;
  /** False for a field that is not closed, too long, or has what is no address: each reader finds somebody else in it. */
  isSound: boolean;
}

/** Of the header; a field further down is not seen. */
export const MOST_HEADER_BYTES = 256 * 1024;
/** Far beyond what lines of 998 characters (RFC 5322 §2.1.1) are folded to. */
const LONGEST_FIELD = 8 * 1024;
const MOST_ADDRESSES = 100;
const NAME = /^from[ \t]*:/i;
/** RFC 5322 §3.4.1, with the letters of RFC 6532. What has more is no address, and leads readers to different ones. */
const ADDRESS =
  /^(?:"(?:[^"\\\p{Cc}]|\\[^\p{Cc}])*"|[^\s"(),:;<>@[\\\]\p{Cc}]+)@(?:[\p{L}\p{M}\p{N}_-]+(?:\.[\p{L}\p{M}\p{N}_-]+)*|\[[\w.:]+\])$/u;
const SPACE = 0x20;
const TAB = 0x09;

/** Of a message, or of its beginning. */
export function authorsOf(raw: Uint8Array): Authors {
  const found = fromFields(raw);
  const read = found.map(addressesOf);
  return {
    addresses: read.flatMap(({ addresses }) => addresses).slice(0, MOST_ADDRESSES),
    fields: found.length,
    isSound: read.every(({ isSound }) => isSound),
  };
}

/** Whether one author alone can be meant: who is shown is who was judged. */
export function isOneAuthor({ addresses, fields, isSound }: Authors): boolean {
  return fields === 1 && addresses.length === 1 && isSound;
}

/** The bodies of From fields, unfolded. */
function fromFields(raw: Uint8Array): string[] {
  const bytes = Buffer.from(raw.buffer, raw.byteOffset, Math.min(raw.byteLength, MOST_HEADER_BYTES));
  const fields: string[] = [];
  let isFrom = false;
  for (let at = 0; at < bytes.length; ) {
    const end = bytes.indexOf(0x0a, at);
    const next = end < 0 ? bytes.length : end + 1;
    const line = bytes.subarray(at, bytes[next - 2] === 0x0d ? next - 2 : end < 0 ? next : end);
    at = next;
    if (line.length === 0) break;
    if (line[0] === SPACE || line[0] === TAB) {
      if (isFrom && (fields.at(-1)?.length ?? 0) <= LONGEST_FIELD)
        fields.push(`${fields.pop() ?? ''} ${line.toString('utf8').trim()}`);
      continue;
    }
    const name = NAME.exec(line.toString('latin1', 0, 64))?.[0];
    isFrom = name !== undefined;
    if (name !== undefined) fields.push(line.toString('utf8', name.length, LONGEST_FIELD + 64).trim());
  }
  return fields;
}

function addressesOf(field: string): { addresses: string[]; isSound: boolean } {
  const addresses: string[] = [];
  /** Outside of comments; quoted strings with their quotes, of which an `@` is no address. */
  let text = '';
  let hasAt = false;
  let inBrackets: string | null = null;
  let wasBracketed = false;
  let comments = 0;
  let isQuoted = false;
  const take = (): void => {
    if (!wasBracketed && hasAt && text.trim() !== '') addresses.push(text.trim());
    text = '';
    hasAt = false;
    wasBracketed = false;
  };
  for (let at = 0; at < field.length; at++) {
    const one = field[at] ?? '';
    const isEscaped = one === '\\' && (isQuoted || comments > 0);
    if (isEscaped) at++;
    const letter = isEscaped ? one + (field[at] ?? '') : one;
    if (isQuoted) {
      if (one === '"') isQuoted = false;
      if (inBrackets === null) text += letter;
      else inBrackets += letter;
    } else if (comments > 0) {
      if (one === '(') comments++;
      if (one === ')') comments--;
    } else if (one === '(') comments = 1;
    else if (inBrackets !== null) {
      if (one === '"') isQuoted = true;
      if (one !== '>') inBrackets += one;
      else {
        if (inBrackets.includes('@')) addresses.push(inBrackets.trim());
        inBrackets = null;
        wasBracketed = true;
      }
    } else if (one === '"') {
      isQuoted = true;
      text += one;
    } else if (one === '<') inBrackets = '';
    else if (one === ',' || one === ';') take();
    else if (one === ':') text = '';
    else {
      if (one === '@') hasAt = true;
      text += one;
    }
  }
  take();
  const isClosed = !isQuoted && comments === 0 && inBrackets === null;
  const isSound = isClosed && field.length <= LONGEST_FIELD && addresses.every((address) => ADDRESS.test(address));
  return { addresses, isSound };
}
