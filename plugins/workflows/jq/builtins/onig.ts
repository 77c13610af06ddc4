// Translates the regular expressions jq uses (Oniguruma, Perl flavour) to JavaScript's with the `v` flag.
import { Failure } from '../errors.ts';

interface Reader {
  text: string;
  at: number;
  extended: boolean;
  /** groups opened by `(?i)` in the middle, to be closed with the group around them */
  open: number[];
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

const PROPERTY: Record<string, string> = {
  ...POSIX,
  any: '\\p{Any}',
};

export function translate(source: string, extended: boolean): string {
  const reader: Reader = { text: source, at: 0, extended, open: [0] };
  let result = '';
  while (reader.at < source.length) result += readPiece(reader);
  if (reader.open.length !== 1) throw bad(source, 'end pattern with unmatched parenthesis');
  return result + ')'.repeat(reader.open[0] ?? 0);
}

export function bad(source: string, why: string): Failure {
  return new Failure(`${source} (at offset 0) is not a valid regex: ${why}`);
}

function readPiece(reader: Reader): string {
  const { text, at } = reader;
  const char = String.fromCodePoint(text.codePointAt(at) ?? 0);
  if (reader.extended && /\s/.test(char)) {
    reader.at++;
    return '';
  }
  if (reader.extended && char === '#') {
    const end = text.indexOf('\n', at);
    reader.at = end < 0 ? text.length : end + 1;
    return '';
  }
  switch (char) {
    case '\\':
      return readEscape(reader, false);
    case '[':
      return readClass(reader);
    case '(':
      return readGroup(reader);
    case ')': {
      if (reader.open.length === 1) throw bad(text, 'unmatched close parenthesis');
      reader.at++;
      return ')'.repeat((reader.open.pop() ?? 0) + 1);
    }
    case '*':
    case '+':
    case '?':
      return readQuantifier(reader, char);
    case '{': {
      const counted = /^\{(?:\d+(?:,\d*)?|,\d+)\}/.exec(text.slice(at, at + 24))?.[0];
      if (counted === undefined) {
        reader.at++;
        return '\\{';
      }
      return readQuantifier(reader, counted, counted.replace('{,', '{0,'));
    }
    case '}':
    case ']':
    case '/':
      reader.at++;
      return `\\${char}`;
    case '$':
      reader.at++;
      return '(?=\\n?(?![\\s\\S]))';
    default:
      reader.at += char.length;
      return char;
  }
}

// JavaScript has no possessive quantifiers; the greedy form matches the same in all but contrived cases.
function readQuantifier(reader: Reader, raw: string, written = raw): string {
  reader.at += raw.length;
  const mark = reader.text[reader.at];
  if (mark === '?') {
    reader.at++;
    return `${written}?`;
  }
  if (mark === '+' && !raw.startsWith('{')) reader.at++;
  return written;
}

function readGroup(reader: Reader): string {
  const rest = reader.text.slice(reader.at, reader.at + 200);
  if (!rest.startsWith('(?')) {
    reader.at++;
    reader.open.push(0);
    return '(';
  }
  const comment = /^\(\?#[^)]*\)/.exec(rest)?.[0];
  if (comment !== undefined) {
    reader.at += comment.length;
    return '';
  }
  const flags = /^\(\?([imx]*)(?:-([imx]*))?(\)|:)/.exec(rest);
  if (flags) return openFlags(reader, flags);
  const head = /^\(\?(?:[:=!>]|<[=!]|<[A-Za-z_]\w*>)/.exec(rest)?.[0];
  if (head === undefined) throw bad(reader.text, 'undefined group option');
  reader.at += head.length;
  reader.open.push(0);
  return head === '(?>' ? '(?:' : head;
}

// Oniguruma's `m` lets the dot match line ends, which is JavaScript's `s`.
function openFlags(reader: Reader, flags: RegExpExecArray): string {
  const [whole, on = '', off = '', end] = flags;
  reader.at += whole.length;
  if (on.includes('x')) reader.extended = true;
  if (off.includes('x')) reader.extended = false;
  const convert = (names: string): string => names.replace('x', '').replace('m', 's');
  const minus = convert(off);
  const head = `(?${convert(on)}${minus ? `-${minus}` : ''}:`;
  if (end === ':') reader.open.push(0);
  else reader.open[reader.open.length - 1] = (reader.open.at(-1) ?? 0) + 1;
  return head;
}

const SAME = new Set('sSnrtfv'.split(''));

// Letters and digits of every script, where JavaScript's own escapes know only ASCII.
const WORD = '\\p{L}\\p{M}\\p{N}\\p{Pc}';
const OF_ALL_SCRIPTS: Record<string, string> = {
  w: `[${WORD}]`,
  W: `[^${WORD}]`,
  d: '\\p{Nd}',
  D: '\\P{Nd}',
};
const BORDERS: Record<string, string> = {
  b: `(?:(?<=[${WORD}])(?![${WORD}])|(?<![${WORD}])(?=[${WORD}]))`,
  B: `(?:(?<=[${WORD}])(?=[${WORD}])|(?<![${WORD}])(?![${WORD}]))`,
};

function readEscape(reader: Reader, inClass: boolean): string {
  const { text } = reader;
  const rest = text.slice(reader.at, reader.at + 64);
  const char = rest[1];
  if (char === undefined) throw bad(text, 'end pattern at escape');
  const special = /^\\(?:x\{([0-9A-Fa-f]{1,6})\}|x([0-9A-Fa-f]{1,2})|u([0-9A-Fa-f]{4}))/.exec(rest);
  if (special) {
    reader.at += special[0].length;
    return `\\u{${special[1] ?? special[2] ?? special[3]}}`;
  }
  const property = /^\\([pP])\{(\^?)([^}]*)\}/.exec(rest);
  if (property) return readProperty(reader, property, inClass);
  const named = /^\\k(?:<([^>]+)>|'([^']+)')/.exec(rest);
  if (named && !inClass) {
    reader.at += named[0].length;
    const name = named[1] ?? named[2] ?? '';
    return /^\d+$/.test(name) ? `\\${name}` : `\\k<${name}>`;
  }
  const number = /^\\[1-9]\d*/.exec(rest)?.[0];
  if (number !== undefined && !inClass) {
    reader.at += number.length;
    return `(?:${number})`;
  }
  reader.at += 2;
  if (char === 'b' && inClass) return '\\x08';
  if (SAME.has(char)) return `\\${char}`;
  const known = OF_ALL_SCRIPTS[char] ?? (inClass ? undefined : BORDERS[char]);
  if (known !== undefined) return known;
  switch (char) {
    case '0':
      return '\\x00';
    case 'a':
      return '\\x07';
    case 'e':
      return '\\x1b';
    case 'h':
      return inClass ? '0-9A-Fa-f' : '[0-9A-Fa-f]';
    case 'H':
      return '[^0-9A-Fa-f]';
  }
  if (!inClass) {
    if (char === 'A') return '(?<![\\s\\S])';
    if (char === 'z') return '(?![\\s\\S])';
    if (char === 'Z') return '(?=\\n?(?![\\s\\S]))';
    if (char === 'G') return '';
    if (char === 'R') return '(?:\\r\\n|[\\n-\\r\\x85\\u2028\\u2029])';
    if (char === 'X') return '(?:\\P{M}\\p{M}*)';
  }
  const point = text.codePointAt(reader.at - 1) ?? 0;
  if (point > 0xffff) reader.at++;
  return literal(String.fromCodePoint(point));
}

function literal(char: string): string {
  return /[\^$\\.*+?()[\]{}|/\-&!#%,:;<=>@`~]/.test(char) ? `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}` : char;
}

function readProperty(reader: Reader, found: RegExpExecArray, inClass: boolean): string {
  reader.at += found[0].length;
  const name = found[3] ?? '';
  const negative = (found[1] === 'P') !== (found[2] === '^');
  const list = PROPERTY[name.toLowerCase()];
  if (list !== undefined) return negative || !inClass ? `[${negative ? '^' : ''}${list}]` : list;
  const head = negative ? 'P' : 'p';
  for (const form of [name, `Script=${name}`]) {
    const text = `\\${head}{${form}}`;
    try {
      new RegExp(text, 'v');
      return text;
    } catch {
      // the other form may be known
    }
  }
  throw bad(reader.text, `invalid character property name {${name}}`);
}

function readClass(reader: Reader): string {
  const { text } = reader;
  reader.at++;
  let result = '[';
  if (text[reader.at] === '^') {
    result += '^';
    reader.at++;
  }
  let first = true;
  while (true) {
    const char = text[reader.at];
    if (char === undefined) throw bad(text, 'premature end of char-class');
    if (char === ']' && !first) {
      reader.at++;
      return `${result}]`;
    }
    first = false;
    result += readClassPiece(reader, char);
  }
}

function readClassPiece(reader: Reader, char: string): string {
  const { text, at } = reader;
  if (char === '\\') return readEscape(reader, true);
  const posix = /^\[:(\^?)([a-z]+):\]/.exec(text.slice(at, at + 16));
  if (posix) {
    const list = POSIX[posix[2] ?? ''];
    if (list === undefined) throw bad(text, 'invalid POSIX bracket type');
    reader.at += posix[0].length;
    return posix[1] ? `[^${list}]` : list;
  }
  if (char === '[') return readClass(reader);
  if (text.startsWith('&&', at)) {
    reader.at += 2;
    return '&&';
  }
  const whole = String.fromCodePoint(text.codePointAt(at) ?? 0);
  reader.at += whole.length;
  // A hyphen between two members is a range, anywhere else it stands for itself.
  const previous = text[at - 1];
  const edge = previous === '[' || (previous === '^' && text[at - 2] === '[') || text[at + 1] === ']';
  if (whole === '-') return edge ? '\\-' : '-';
  return literal(whole);
}
