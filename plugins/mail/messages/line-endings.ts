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

/** Makes each line end with CR LF, piece by piece: what leaves has no other ends, and programs that hand mail over write any. */
export function createLineEndRepair(): { repair(chunk: Buffer): Buffer; rest(): Buffer } {
  let isCrLeft = false;
  return {
    repair(chunk) {
      const whole = isCrLeft ? Buffer.concat([Buffer.from('\r'), chunk]) : chunk;
      isCrLeft = whole.at(-1) === CR;
      return withLineEnds(isCrLeft ? whole.subarray(0, -1) : whole);
    },
    rest: () => Buffer.from(isCrLeft ? '\r\n' : ''),
  };
}

/** The same of a whole text. */
export function withLineEnds(raw: Buffer): Buffer {
  const text = raw.toString('latin1');
  return /(?<!\r)\n|\r(?!\n)/.test(text) ? Buffer.from(text.replace(/\r\n|\r|\n/g, '\r\n'), 'latin1') : raw;
}
