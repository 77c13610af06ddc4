/** What is nested without end keeps the reader of YAML, and with it the whole process, busy for many seconds. */

const DEEPEST = 500;
/** Lists of lists and keys of keys that begin on one line. */
const NESTED_ON_A_LINE = /(?:[-?:][ \t]+){100}/;

/** Counts brackets, also those in texts: what is right has as many that close. */
export function isTooDeep(source: string): boolean {
  let depth = 0;
  for (let index = 0; index < source.length; index++) {
    const code = source.charCodeAt(index);
    if (code === OPEN_BRACKET || code === OPEN_BRACE) depth++;
    else if ((code === CLOSE_BRACKET || code === CLOSE_BRACE) && depth > 0) depth--;
    if (depth > DEEPEST) return true;
  }
  return NESTED_ON_A_LINE.test(source);
}

const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
