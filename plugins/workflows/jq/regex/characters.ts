// Single characters of a regular expression: classes and escapes, as native expressions for one character.
import { bad, type CharSet } from './tree.ts';

export interface Reader {
  text: string;
  at: number;
}

const POSIX: Record<string, string> = {
  alpha: '\\p{L}\\p{M}',
  digit: '\\p{Nd}',
  alnum: '\\p{L}\\p{M}\\p{Nd}',
  upper: '\\p{Lu}',
  lower: '\\p{Ll}',
  space: '\\s\\x85',
  punct: '\\p{P}\\p{S}',
  cntrl: '\\p{Cc}',
  xdigit: '0-9A-Fa-f',
  word: '\\p{L}\\p{M}\\p{N}\\p{Pc}',
  blank: ' \\t',
  print: '\\P{C}',
  graph: '\\p{L}\\p{M}\\p{N}\\p{P}\\p{S}',
  ascii: '\\x00-\\x7f',
};

const PROPERTY: Record<string, string> = { ...POSIX, any: '\\p{Any}' };

const ASCII = 128;
const UNKNOWN = 0;
const IN = 1;
const OUT = 2;
const KEPT = 4_096;
const HYPHEN = 45;

/** From the inside of a class in JavaScript's spelling. */
export function charSet(members: string, ignoresCase: boolean): CharSet {
  const native = nativeClass(members, ignoresCase);
  const table = new Uint8Array(ASCII);
  const kept = new Map<number, boolean>();
  return {
    has: (code) => {
      if (code < ASCII) {
        if (table[code] === UNKNOWN) table[code] = native.test(String.fromCharCode(code)) ? IN : OUT;
        return table[code] === IN;
      }
      const known = kept.get(code);
      if (known !== undefined) return known;
      const found = native.test(String.fromCodePoint(code));
      if (kept.size >= KEPT) kept.clear();
      kept.set(code, found);
      return found;
    },
  };
}

function nativeClass(members: string, ignoresCase: boolean): RegExp {
  try {
    return new RegExp(`^[${members}]$`, ignoresCase ? 'vi' : 'v');
  } catch {
    throw bad('empty range in char class');
  }
}

export function literal(code: number): string {
  return `\\u{${code.toString(16)}}`;
}

export const WORD = charSet(POSIX.word ?? '', false);

const SHORT: Record<string, string> = {
  s: '\\s',
  S: '\\S',
  n: '\\n',
  r: '\\r',
  t: '\\t',
  f: '\\f',
  v: '\\v',
  a: '\\x07',
  e: '\\x1b',
  // Letters and digits of every script, where JavaScript's own escapes know only ASCII.
  w: `[${POSIX.word}]`,
  W: `[^${POSIX.word}]`,
  d: '\\p{Nd}',
  D: '\\P{Nd}',
  h: '[0-9A-Fa-f]',
  H: '[^0-9A-Fa-f]',
};

/** An escape that stands for one character or some, as members of a class. */
export function readEscape(reader: Reader): string {
  const rest = reader.text.slice(reader.at, reader.at + 64);
  const char = rest[1];
  if (char === undefined) throw bad('end pattern at escape');
  const hex = /^\\(?:x\{([0-9A-Fa-f]{1,6})\}|x([0-9A-Fa-f]{1,2})|u([0-9A-Fa-f]{4}))/.exec(rest);
  if (hex) {
    reader.at += hex[0].length;
    return codeOf(Number.parseInt(hex[1] ?? hex[2] ?? hex[3] ?? '', 16));
  }
  const octal = /^\\(0[0-7]{0,2}|[1-7][0-7]{2})/.exec(rest);
  if (octal) {
    reader.at += octal[0].length;
    return codeOf(Number.parseInt(octal[1] ?? '', 8));
  }
  const property = /^\\([pP])\{(\^?)([^}]*)\}/.exec(rest);
  if (property) return readProperty(reader, property);
  const point = reader.text.codePointAt(reader.at + 1) ?? 0;
  reader.at += point > 0xffff ? 3 : 2;
  return SHORT[char] ?? literal(point);
}

function codeOf(code: number): string {
  if (code > 0x10ffff) throw bad('too big wide-char value');
  return literal(code);
}

function readProperty(reader: Reader, [whole, letter, caret, name = '']: RegExpExecArray): string {
  reader.at += whole.length;
  const isNegative = (letter === 'P') !== (caret === '^');
  const list = PROPERTY[name.toLowerCase()];
  if (list !== undefined) return `[${isNegative ? '^' : ''}${list}]`;
  for (const form of [name, `Script=${name}`]) {
    const text = `\\${isNegative ? 'P' : 'p'}{${form}}`;
    try {
      new RegExp(text, 'v');
      return text;
    } catch {
      // The other form may be known.
    }
  }
  throw bad(`invalid character property name {${name}}`);
}

/** `[…]`, as one member of a class. */
export function readClass(reader: Reader): string {
  const { text } = reader;
  reader.at++;
  let members = '[';
  if (text[reader.at] === '^') {
    members += '^';
    reader.at++;
  }
  for (let isFirst = true, latest = ''; ; isFirst = false) {
    const char = text[reader.at];
    if (char === undefined) throw bad('premature end of char-class');
    if (char === ']' && !isFirst) {
      reader.at++;
      return `${members}]`;
    }
    // A hyphen between two characters is a range, anywhere else it stands for itself.
    const isEdge =
      isFirst || isSeveral(latest) || /^-(?:\]|\[|\\[wWdDsShHpP])/.test(text.slice(reader.at, reader.at + 3));
    const member = readMember(reader, char);
    latest = member === '-' && isEdge ? literal(HYPHEN) : member;
    members += latest;
  }
}

function isSeveral(member: string): boolean {
  return member.startsWith('[') || /^\\[pPsS]/.test(member);
}

function readMember(reader: Reader, char: string): string {
  const { text, at } = reader;
  if (char === '\\') {
    if (text[at + 1] !== 'b') return readEscape(reader);
    reader.at += 2;
    return '\\x08';
  }
  const posix = /^\[:(\^?)([a-z]+):\]/.exec(text.slice(at, at + 16));
  if (posix) {
    const list = POSIX[posix[2] ?? ''];
    if (list === undefined) throw bad('invalid POSIX bracket type');
    reader.at += posix[0].length;
    return `[${posix[1]}${list}]`;
  }
  if (char === '[') return readClass(reader);
  if (text.startsWith('&&', at)) {
    reader.at += 2;
    return '&&';
  }
  const code = text.codePointAt(at) ?? 0;
  reader.at += code > 0xffff ? 2 : 1;
  return char === '-' ? '-' : literal(code);
}
