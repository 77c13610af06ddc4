// Reads a regular expression as jq does: Oniguruma with Perl's flavour.
import { charSet, literal, type Reader, readClass, readEscape } from './characters.ts';
import { bad, type CharSet, type Node, type Place, type Tree } from './tree.ts';

interface Options {
  ignoresCase: boolean;
  /** blanks and comments between the parts */
  isExtended: boolean;
  /** the dot takes line ends too */
  takesAll: boolean;
  /** `^` and `$` at each line */
  isMultiline: boolean;
}

interface Parser extends Reader {
  options: Options;
  names: (string | null)[];
  /** filled in at the end, when all groups are known */
  references: { node: Node & { t: 'again' }; name: string }[];
  depth: number;
}

const DEEPEST = 200;
const MOST_REPEATS = 100_000;

export function parsePattern(source: string, options: Partial<Options> = {}): Tree {
  const all = { ignoresCase: false, isExtended: false, takesAll: false, isMultiline: false, ...options };
  const parser: Parser = { text: source, at: 0, options: all, names: [], references: [], depth: 0 };
  const root = readChoice(parser);
  if (parser.at < source.length) throw bad('unmatched close parenthesis');
  for (const { node, name } of parser.references) node.groups = groupsFor(parser, name);
  return { root, names: parser.names };
}

function groupsFor({ names }: Parser, name: string): number[] {
  if (!/^\d+$/.test(name)) {
    const found = names.flatMap((other, i) => (other === name ? [i + 1] : []));
    if (found.length === 0) throw bad(`undefined name <${name}> reference`);
    return found;
  }
  const index = Number(name);
  if (index === 0 || index > names.length) throw bad('invalid backref number/name');
  return [index];
}

/** Up to the end or to the bracket that closes it. Options that are set inside hold to the same end. */
function readChoice(parser: Parser): Node {
  if (++parser.depth > DEEPEST) throw bad('too deep nest level');
  const { options } = parser;
  const items: Node[] = [];
  do items.push(readSequence(parser));
  while (take(parser, '|'));
  parser.options = options;
  parser.depth--;
  return items.length === 1 && items[0] ? items[0] : { t: 'either', items };
}

function take(parser: Parser, text: string): boolean {
  if (!parser.text.startsWith(text, parser.at)) return false;
  parser.at += text.length;
  return true;
}

function readSequence(parser: Parser): Node {
  const items: Node[] = [];
  for (;;) {
    skipBlank(parser);
    const char = parser.text[parser.at];
    if (char === undefined || char === '|' || char === ')') break;
    if (take(parser, '\\Q')) {
      items.push(...readQuoted(parser));
      continue;
    }
    const atom = readAtom(parser, char);
    if (atom) items.push(readQuantifiers(parser, atom));
  }
  return items.length === 1 && items[0] ? items[0] : { t: 'sequence', items };
}

function skipBlank(parser: Parser): void {
  if (!parser.options.isExtended) return;
  const blank = /(?:\s|#[^\n]*)*/y;
  blank.lastIndex = parser.at;
  parser.at += blank.exec(parser.text)?.[0].length ?? 0;
}

function readQuoted(parser: Parser): Node[] {
  const end = parser.text.indexOf('\\E', parser.at);
  const quoted = parser.text.slice(parser.at, end < 0 ? undefined : end);
  parser.at += quoted.length + (end < 0 ? 0 : 2);
  return Array.from(quoted, (char) => one(parser, char.codePointAt(0) ?? 0));
}

function one({ options }: Parser, code: number): Node {
  if (!options.ignoresCase) return { t: 'char', code };
  const char = String.fromCodePoint(code);
  if (char.toLowerCase() === char && char.toUpperCase() === char) return { t: 'char', code };
  return { t: 'set', set: charSet(literal(code), true) };
}

const ANY: CharSet = { has: () => true };
const IN_LINE: CharSet = { has: (code) => code !== 10 };

const place = (where: Place): Node => ({ t: 'place', place: where });

/** Null for what only changes options, or says nothing. */
function readAtom(parser: Parser, char: string): Node | null {
  const { options } = parser;
  switch (char) {
    case '\\':
      return readBackslash(parser);
    case '[':
      return { t: 'set', set: charSet(readClass(parser), options.ignoresCase) };
    case '(':
      return readGroup(parser);
    case '.':
      parser.at++;
      return { t: 'set', set: options.takesAll ? ANY : IN_LINE };
    case '^':
      parser.at++;
      return place(options.isMultiline ? 'lineStart' : 'start');
    case '$':
      parser.at++;
      return place(options.isMultiline ? 'lineEnd' : 'beforeEnd');
    case '*':
    case '+':
    case '?':
      throw bad('target of repeat operator is not specified');
    default: {
      const code = parser.text.codePointAt(parser.at) ?? 0;
      parser.at += code > 0xffff ? 2 : 1;
      return one(parser, code);
    }
  }
}

const PLACES: Record<string, Place> = {
  A: 'start',
  z: 'end',
  Z: 'beforeEnd',
  G: 'searchStart',
  b: 'border',
  B: 'inside',
};

function readBackslash(parser: Parser): Node {
  const { text, at, options } = parser;
  const char = text[at + 1] ?? '';
  const where = PLACES[char];
  if (where) {
    parser.at += 2;
    return place(where);
  }
  if (char === 'K') {
    parser.at += 2;
    return { t: 'keep' };
  }
  if (char === 'R' || char === 'X') {
    parser.at += 2;
    const source = char === 'R' ? '(?>\\r\\n|[\\n-\\r\\x85\\u2028\\u2029])' : '(?>\\P{M}\\p{M}*)';
    return parsePattern(source).root;
  }
  const named = /^\\k(?:<([^>]+)>|'([^']+)')/.exec(text.slice(at, at + 200));
  const number = /^\\([1-9]\d?)(?![0-7])/.exec(text.slice(at, at + 4));
  const name = named?.[1] ?? named?.[2] ?? number?.[1];
  if (name !== undefined) {
    parser.at += (named ?? number)?.[0].length ?? 0;
    const node: Node & { t: 'again' } = { t: 'again', groups: [], ignoresCase: options.ignoresCase };
    parser.references.push({ node, name });
    return node;
  }
  const members = readEscape(parser);
  const plain = /^\\u\{([0-9a-f]+)\}$/.exec(members)?.[1];
  if (plain !== undefined) return one(parser, Number.parseInt(plain, 16));
  return { t: 'set', set: charSet(members, options.ignoresCase) };
}

function readGroup(parser: Parser): Node | null {
  const rest = parser.text.slice(parser.at, parser.at + 200);
  if (!rest.startsWith('(?')) {
    parser.at++;
    return readCapture(parser, null);
  }
  const comment = /^\(\?#[^)]*\)/.exec(rest)?.[0];
  if (comment !== undefined) {
    parser.at += comment.length;
    return null;
  }
  const flags = /^\(\?([imsx]*)(?:-([imsx]*))?(\)|:)/.exec(rest);
  if (flags) return readOptions(parser, flags);
  const name = /^\(\?(?:P?<([A-Za-z_]\w*)>|'([A-Za-z_]\w*)')/.exec(rest);
  if (name) {
    parser.at += name[0].length;
    return readCapture(parser, name[1] ?? name[2] ?? null);
  }
  const head = /^\(\?(?:[=!>]|<[=!])/.exec(rest)?.[0];
  if (head === undefined) {
    throw bad(/^\(\?<[^=!]/.test(rest) ? `invalid group name <${rest.slice(3)}>` : 'undefined group option');
  }
  parser.at += head.length;
  const of = readInside(parser);
  if (head === '(?>') return { t: 'atomic', of };
  return { t: 'look', of, isBehind: head.includes('<'), isNegative: head.endsWith('!') };
}

function readCapture(parser: Parser, name: string | null): Node {
  const index = parser.names.push(name);
  return { t: 'group', index, of: readInside(parser) };
}

function readInside(parser: Parser): Node {
  const of = readChoice(parser);
  if (!take(parser, ')')) throw bad('end pattern with unmatched parenthesis');
  return of;
}

/** `(?i)` holds to the end of the group around it, and what stands before it is not touched. */
function readOptions(parser: Parser, [whole, on = '', off = '', end]: RegExpExecArray): Node | null {
  parser.at += whole.length;
  const outer = parser.options;
  const changed = (flag: string, was: boolean): boolean => (was || on.includes(flag)) && !off.includes(flag);
  parser.options = {
    ignoresCase: changed('i', outer.ignoresCase),
    isExtended: changed('x', outer.isExtended),
    takesAll: changed('s', outer.takesAll),
    isMultiline: changed('m', outer.isMultiline),
  };
  if (end === ':') {
    const of = readInside(parser);
    parser.options = outer;
    return of;
  }
  // All that follows, with its own alternatives, is one part of what it stands in.
  return readChoice(parser);
}

function readQuantifiers(parser: Parser, atom: Node): Node {
  let node = atom;
  for (;;) {
    skipBlank(parser);
    const found = /^(?:[*+?]|\{(\d*)(,?)(\d*)\})([?+]?)/.exec(parser.text.slice(parser.at, parser.at + 24));
    if (!found) return node;
    const [whole, from = '', comma, to = '', mark] = found;
    const isCounted = whole.startsWith('{');
    // Without a number it is no quantifier but a text.
    if (isCounted && from === '' && to === '') return node;
    const min = isCounted ? Number(from || 0) : whole.startsWith('+') ? 1 : 0;
    const upper = comma === '' ? min : to === '' ? Number.POSITIVE_INFINITY : Number(to);
    const max = isCounted ? upper : whole.startsWith('?') ? 1 : Number.POSITIVE_INFINITY;
    if (min > MOST_REPEATS || (max !== Number.POSITIVE_INFINITY && max > MOST_REPEATS)) {
      throw bad('too big number for repeat range');
    }
    if (max < min) throw bad('upper is smaller than lower in repeat range');
    if (atom.t === 'place' || atom.t === 'keep') throw bad('target of repeat operator is invalid');
    // After a count, `+` is a quantifier of its own.
    const isOwn = isCounted && mark === '+';
    parser.at += whole.length - (isOwn ? 1 : 0);
    const mode = mark === '?' ? 'lazy' : mark === '+' && !isOwn ? 'possessive' : 'greedy';
    node = { t: 'repeat', of: node, min, max, mode };
  }
}
