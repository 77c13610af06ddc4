/** Writes jq expressions by a grammar, the same ones for the same seed: plain ones, and many that mean harm. */

export interface Writer {
  /** The next expression. */
  write(): string;
}

const LEAVES = [
  '.',
  '.',
  '.text',
  '.list',
  '.zeros',
  '.object',
  '.deep',
  '.rows',
  '.n',
  '.long',
  '.digits',
  '$input.long',
  '$input.names',
  '.[0]',
  '$input',
  '$input.list',
  '$item',
  '1',
  '2',
  '-1',
  '0.5',
  '1e9',
  '"a"',
  '"aaaaaaaaaaaaaaaa"',
  'null',
  'true',
  '[]',
  '{}',
  '..',
  'empty',
  'now',
];
const PLAIN =
  'length not type keys keys_unsorted values tostring tojson tonumber ascii_downcase ascii_upcase trim ltrim rtrim first last add ' +
  'any all floor round fabs sqrt min max to_entries from_entries toarray utf8bytelength numbers strings arrays objects scalars';
const HEAVY =
  'fromjson sort unique reverse flatten transpose explode implode paths leaf_paths recurse tostream combinations error ' +
  'env halt input todate fromdate mktime gmtime ascii builtins walk(.) [.[]?] [..] isvalid(.) getpath(["a","b"]) @base32 @base32d @urid';
const WITH_ONE =
  'map select map_values with_entries any all first sort_by group_by unique_by min_by max_by del path pick walk recurse last isempty add error';
const WITH_VALUE =
  'has startswith endswith ltrimstr split join contains inside index indices rindex flatten range test match capture scan ascii bsearch IN INDEX';
const WITH_TWO = 'limit range until while recurse skip nth sub gsub setpath test match splits IN';
const OPERATORS = '+ + - * / % == != < <= > >= and or // , | | | |= = += -= *= //='.split(' ');
const FORMATS = '@json @text @html @uri @csv @tsv @sh @base64 @base64d'.split(' ');
const PATTERNS = ['^(a+)+$', '(a|aa)*b', '(x?){40}', 'a{1,99}b', '.*.*.*=', '(?=a*)a', '[a-z]+$'].map((one) =>
  JSON.stringify(one),
);

export function createWriter(seed: number): Writer {
  let state = seed >>> 0;
  return { write: () => expression(1 + below(5)) };

  /** A step of mulberry32: below 1. */
  function random(): number {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  function below(count: number): number {
    return Math.floor(random() * count);
  }

  function one(list: readonly string[]): string {
    return list[below(list.length)] ?? '.';
  }

  function word(list: string): string {
    return one(list.split(' '));
  }

  function expression(depth: number): string {
    if (depth <= 0) return one(LEAVES);
    const inner = (): string => expression(depth - 1 - below(2));
    const kinds: (() => string)[] = [
      () => one(LEAVES),
      () => `${one(LEAVES)}.${word('a b text list')}?`,
      () => `(${inner()} ${one(OPERATORS)} ${inner()})`,
      () => `(${inner()} ${one(OPERATORS)} ${inner()})`,
      () => `(${inner()} | ${word(PLAIN)})`,
      () => `(${inner()} | ${word(PLAIN)})`,
      () => `(${inner()} | ${word(HEAVY)})`,
      () => `(${inner()} | ${one(FORMATS)})`,
      () => `[${inner()}]`,
      () => `{a: ${inner()}, b: ${inner()}}`,
      () => `{(${inner()} | tostring): ${inner()}}`,
      () => `"x\\(${inner()})y\\(${inner()})"`,
      () => `${one(FORMATS)} "\\(${inner()})"`,
      () => `(if ${inner()} then ${inner()} else ${inner()} end)`,
      () => `(try ${inner()} catch ${inner()})`,
      () => `((${inner()})[]?)`,
      () => `((${inner()}).[${inner()}]?)`,
      () => `((${inner()})[${below(9)}:${word('1 9 99 1e9')}]?)`,
      () => `(${inner()} as $item | ${inner()})`,
      () => `(${inner()} as [$item] ?// $item | ${inner()})`,
      () => `(${inner()} | ${word(WITH_ONE)}(${inner()}))`,
      () => `(${inner()} | ${word(WITH_ONE)}(${inner()}))`,
      () => `(${inner()} | ${word(WITH_VALUE)}(${random() < 0.4 ? one(PATTERNS) : inner()}))`,
      () => `(${inner()} | ${word(WITH_TWO)}(${inner()}; ${inner()}))`,
      () => `(reduce ${inner()} as $item (${inner()}; ${inner()}))`,
      () => `(foreach ${inner()} as $item (${inner()}; ${inner()}))`,
      () =>
        `(reduce range(${word('9 40 99999')}) as $item (1; ${word('[.,.] .+. {a:.,b:.} .*2 [.] [.,$item] .//[.]')}))`,
      // For each element something with a long text.
      () =>
        `(.list | map(${word('$input.long $input.digits $input.names .text')}${word('+"x" [1:] |tonumber? [:-1]')} | ${word('startswith("b") endswith("b") length tojson {(.|tostring):1} [.,.]')}))`,
      // A value with itself, or with most of it.
      () =>
        `(${one(LEAVES)} as $item | $item | ${word('index indices rindex contains inside split join IN startswith')}($item${word('[1:] [:99] [2:2000] ')}))`,
      () =>
        `(${one(LEAVES)} as $item | $item${word('.[$item[1:]] .[$item[:1500]] -$item ==$item *$item [$item[0]:]')})`,
      () => `(label $out | ${inner()} | if ${inner()} then break $out else . end)`,
      () => `(def f: ${inner()}; ${inner()} | f)`,
      () => `(def f(g): g | g | ${word('f(g) . [g,g]')}; f(${inner()}))`,
      () =>
        Array.from({ length: 2 + below(14) }, () => word('[.,.] {a:.,b:.} .+. tojson [.[]?,.] "\\(.)\\(.)"')).join(
          ' | ',
        ),
      () => `(${Array.from({ length: 2 + below(9) }, inner).join(' + ')})`,
    ];
    return (kinds[below(kinds.length)] ?? inner)();
  }
}

/** Data that is large in many ways: lists of so many values, and single texts of so many characters. */
export function hostileInput(size: number, characters: number) {
  const zeros = Array.from({ length: size }, () => 0);
  const list = Array.from({ length: size }, (_, n) => `${n} ${'a'.repeat(n % 7)}`);
  const object = Object.fromEntries(list.map((text, n) => [`k${text}`, n]));
  const rows = list.slice(0, size / 10).map((text, n) => ({ n, text, a: [n, { b: text }] }));
  let deep: unknown = 'a';
  for (let level = 0; level < 300; level++) deep = level % 2 === 0 ? [deep] : { a: deep };
  // By far longer than all lists are: what only costs something once it is read, named or compared costs it here.
  const long = 'a'.repeat(characters);
  const digits = `${'1'.repeat(characters / 5)}x`;
  const names = { [`k${'a'.repeat(characters / 2)}`]: 1, [`b${'a'.repeat(characters / 2)}`]: 2 };
  const all = { text: 'a"\\ü<😀'.repeat(size), zeros, list, object, rows, deep, n: 3, a: { b: 'x' } };
  return { ...all, long, digits, names };
}
