/**
 * Refuses messages with a bare CR or LF (RFC 5321 §2.3.8): where servers disagree about line ends, the end of one
 * message can be smuggled into another.
 */

const CR = 0x0d;
const LF = 0x0a;

/** A check to be fed a message piece by piece; true from the first bare CR or LF on. */
export function createLineEndingCheck(): (chunk: Buffer) => boolean {
  let last = 0;
  let isBroken = false;
  return (chunk) => {
    if (isBroken || chunk.length === 0) return isBroken;
    const first = chunk[0];
    isBroken = (last === CR) !== (first === LF) || /(?<!\r)\n|\r(?!\n)/.test(inner(chunk));
    last = chunk[chunk.length - 1] ?? 0;
    return isBroken;
  };
}

/** Without an LF at the very start or a CR at the very end: those are checked against the neighbouring piece. */
function inner(chunk: Buffer): string {
  const start = chunk[0] === LF ? 1 : 0;
  const end = chunk[chunk.length - 1] === CR ? chunk.length - 1 : chunk.length;
  return chunk.toString('latin1', start, end);
}
