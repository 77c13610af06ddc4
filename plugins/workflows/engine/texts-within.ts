/** Which of many texts stand in another one, looked through once for all of them. */

/** Characters that are compared without further ado. */
const FEW = 1_000_000;
/** Characters of a text by which it is told that it cannot be there. */
const PART = 4;
const MOST_PARTS = 16;
const LEAST_BITS = 2 ** 12;
const MOST_BITS = 2 ** 23;

export function textsWithin(whole: string, texts: Iterable<string>): string[] {
  const all = [...texts];
  if (all.length * whole.length < FEW) return all.filter((text) => whole.includes(text));
  const marks = marksOf(whole);
  return all.filter((text) => mayStand(text, marks) && whole.includes(text));
}

/** A bit for each four characters that stand beside one another. */
function marksOf(whole: string): Uint8Array {
  let bits = LEAST_BITS;
  while (bits < MOST_BITS && bits < 8 * whole.length) bits *= 2;
  const marks = new Uint8Array(bits / 8);
  for (let at = 0; at + PART <= whole.length; at++) {
    const place = placeOf(whole, at) & (bits - 1);
    marks[place >> 3] = (marks[place >> 3] ?? 0) | (1 << (place & 7));
  }
  return marks;
}

/** False when four characters of it stand nowhere. */
function mayStand(text: string, marks: Uint8Array): boolean {
  const mask = 8 * marks.length - 1;
  const last = text.length - PART;
  const step = Math.max(1, Math.floor(last / MOST_PARTS));
  for (let at = 0; at <= last; at += step) {
    const place = placeOf(text, at) & mask;
    if (((marks[place >> 3] ?? 0) & (1 << (place & 7))) === 0) return false;
  }
  return true;
}

function placeOf(text: string, at: number): number {
  let mixed = Math.imul(text.charCodeAt(at), 0x9e3779b1) ^ text.charCodeAt(at + 1);
  mixed = Math.imul(mixed, 0x85ebca6b) ^ text.charCodeAt(at + 2);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0xc2b2ae35) ^ text.charCodeAt(at + 3);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0x27d4eb2f);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
