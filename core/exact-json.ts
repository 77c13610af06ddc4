/** JSON whose numbers JavaScript cannot all hold: ids of chats and databases beyond 2^53 would become other ids. */

/** Only what has such a run of digits, or such an exponent, can be a number that is lost. */
const SUSPICIOUS = /\d{16}|[eE]\+?\d{3}/;
const WHOLE = /^-?\d+$/;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const OF_NUMBER = /[\d.eE+-]/;
/** What stands beside a value; a colon behind it makes it a name, which a number cannot be. */
const BEFORE = /[\s,:[]|^$/;
const BEHIND = /\s*(?:[,\]}]|$)/y;

/**
 * As `JSON.parse`, but a number that cannot be held, too large or with too many digits before the point, is its text. It is put
 * in quotes before the text is read: to look at each value while it is read takes twenty times as long.
 */
export function exactJson(text: string): unknown {
  return JSON.parse(SUSPICIOUS.test(text) ? quoted(text) : text);
}

/** Whether the number is what its text says. Digits behind the point are rounded, as everywhere. */
export function isHeld(value: number, source: string): boolean {
  if (!Number.isFinite(value)) return false;
  return Number.isSafeInteger(value) || !WHOLE.test(source) || BigInt(source) === BigInt(value);
}

/** What is no JSON stays as it is, and is none afterwards either. */
function quoted(text: string): string {
  const suspicious = new RegExp(SUSPICIOUS, 'g');
  const strings = createStrings(text);
  let made = '';
  let copied = 0;
  for (let found = suspicious.exec(text); found; found = suspicious.exec(text)) {
    const end = strings.endAround(found.index);
    if (end !== null) {
      suspicious.lastIndex = end;
      continue;
    }
    const number = numberAround(text, found.index);
    suspicious.lastIndex = number.end;
    const source = text.slice(number.start, number.end);
    if (!number.isValue || isHeld(Number(source), source)) continue;
    made += `${text.slice(copied, number.start)}"${source}"`;
    copied = number.end;
  }
  return made + text.slice(copied);
}

/** All that stands together there of which numbers are made; it is a value where it is one number. */
function numberAround(text: string, at: number): { start: number; end: number; isValue: boolean } {
  let start = at;
  let end = at + 1;
  while (OF_NUMBER.test(text.charAt(start - 1))) start--;
  while (OF_NUMBER.test(text.charAt(end))) end++;
  NUMBER.lastIndex = start;
  BEHIND.lastIndex = end;
  const isNumber = NUMBER.test(text) && NUMBER.lastIndex === end;
  return { start, end, isValue: isNumber && BEFORE.test(text.charAt(start - 1)) && BEHIND.test(text) };
}

/** Where texts begin and end, asked from left to right. */
function createStrings(text: string) {
  let begin = text.indexOf('"');
  let end = begin < 0 ? begin : endOf(begin);
  return { endAround };

  /** The end of the text around that place; null outside of all. */
  function endAround(at: number): number | null {
    while (begin >= 0 && end <= at) {
      begin = text.indexOf('"', end);
      end = begin < 0 ? begin : endOf(begin);
    }
    return begin >= 0 && begin < at ? end : null;
  }

  function endOf(start: number): number {
    for (let at = text.indexOf('"', start + 1); at >= 0; at = text.indexOf('"', at + 1)) {
      let slashes = 0;
      while (text.charAt(at - 1 - slashes) === '\\') slashes++;
      if (slashes % 2 === 0) return at + 1;
    }
    return text.length;
  }
}
