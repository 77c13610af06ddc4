// `fromjson`: JSON as jq reads it, which takes a little more than JSON (`nan`, `01`, `.5`) and has its own words for faults.
import { Failure } from './errors.ts';
import { TEXT_PER_STEP, work } from './limits.ts';
import { isObject, type JsonObject, setKey, type Value } from './values.ts';

const DEEPEST = 10_000;
/** Nothing shorter can be nested more deeply than that. */
const DEEP_TEXT = 2 * DEEPEST;
const LONGEST_QUOTE = 1_000;

/** Throws a Failure. */
export function parseJson(text: string): Value {
  // Reading makes a value for every few characters, which takes longer than copying them.
  work(1 + (text.length >> 2));
  if (text.length <= DEEP_TEXT || depthOf(text) <= DEEPEST) {
    try {
      return JSON.parse(text);
    } catch {
      // What it is instead, or what is wrong with it, is found out below.
    }
  }
  return readLoosely(text);
}

function depthOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  let isString = false;
  for (let i = 0; i < text.length; i++) {
    if (i % TEXT_PER_STEP === 0) work(1);
    const char = text[i];
    if (isString) {
      if (char === '\\') i++;
      else if (char === '"') isString = false;
    } else if (char === '"') isString = true;
    else if (char === '[' || char === '{') deepest = Math.max(deepest, ++depth);
    else if (char === ']' || char === '}') depth--;
  }
  return deepest;
}

/** `key` is set while an object waits for its value. */
interface Open {
  value: Value[] | JsonObject;
  key: string | null;
  size: number;
}

class Reader {
  readonly #text: string;
  #line = 1;
  #column = 0;
  #atEnd = false;
  #next: { value: Value } | null = null;
  readonly #stack: Open[] = [];
  readonly #found: Value[] = [];

  constructor(text: string) {
    this.#text = text;
  }

  read(): Value {
    const text = this.#text;
    let word = '';
    for (let at = 0; at < text.length; at++) {
      work(1);
      const char = text[at] ?? '';
      this.#count(char);
      if (char === '"') {
        this.#literal(word);
        word = '';
        at = this.#string(at);
      } else if (/[[\]{},:\s]/.test(char)) {
        this.#literal(word);
        word = '';
        if (!/\s/.test(char)) this.#token(char);
        this.#settle();
      } else word += char;
    }
    this.#atEnd = true;
    this.#literal(word);
    if (this.#stack.length > 0) throw this.#fault('Unfinished JSON term');
    this.#settle();
    if (this.#found.length > 1) throw this.#failure('Unexpected extra JSON values');
    const [first] = this.#found;
    if (first === undefined) throw this.#failure('Expected JSON value');
    return first;
  }

  /** A value outside of everything is one of those that the text holds. */
  #settle(): void {
    if (this.#next === null || this.#stack.length > 0) return;
    this.#found.push(this.#next.value);
    this.#next = null;
  }

  #count(char: string): void {
    this.#column++;
    if (char !== '\n') return;
    this.#line++;
    this.#column = 0;
  }

  #failure(what: string): Failure {
    return new Failure(`${what} (while parsing '${this.#text.slice(0, LONGEST_QUOTE)}')`);
  }

  #fault(what: string): Failure {
    return this.#failure(`${what}${this.#atEnd ? ' at EOF' : ''} at line ${this.#line}, column ${this.#column}`);
  }

  #give(value: Value): void {
    if (this.#next !== null) throw this.#fault('Expected separator between values');
    this.#next = { value };
  }

  #literal(word: string): void {
    if (word === '') return;
    const known = word[0] === 't' ? 'true' : word[0] === 'f' ? 'false' : /^nu..$/.test(word) ? 'null' : null;
    if (known !== null) {
      if (word !== known) throw this.#fault('Invalid literal');
      this.#give(JSON.parse(known));
      return;
    }
    if (word.startsWith("'")) throw this.#fault(`Invalid string literal; expected ", but got '`);
    const number = numberIn(word);
    if (number === null) throw this.#fault('Invalid numeric literal');
    this.#give(number);
  }

  /** Gives where the closing quote is. */
  #string(start: number): number {
    const text = this.#text;
    for (let at = start + 1; at < text.length; at++) {
      work(1);
      const char = text[at] ?? '';
      this.#count(char);
      if (char === '\\') this.#count(text[++at] ?? '');
      else if (char === '"') {
        this.#give(this.#unquoted(text.slice(start, at + 1)));
        return at;
      }
    }
    this.#atEnd = true;
    throw this.#fault('Unfinished string');
  }

  #unquoted(quoted: string): string {
    try {
      return JSON.parse(quoted);
    } catch {
      const hasControl = [...quoted].some((char) => char < ' ');
      if (!hasControl) throw this.#fault('Invalid escape');
      throw this.#fault('Invalid string: control characters from U+0000 through U+001F must be escaped');
    }
  }

  #token(char: string): void {
    const open = this.#stack.at(-1);
    if (char === '[' || char === '{') {
      if (this.#stack.length >= DEEPEST) throw this.#fault('Exceeds depth limit for parsing');
      if (this.#next !== null) throw this.#fault('Expected separator between values');
      this.#stack.push({ value: char === '[' ? [] : {}, key: null, size: 0 });
    } else if (char === ':') this.#colon(open);
    else if (char === ',') {
      if (this.#next === null) throw this.#fault("Expected value before ','");
      if (!open) throw this.#fault("',' not as part of an array or an object");
      this.#add(open, this.#next.value);
    } else this.#close(char, open);
  }

  #colon(open: Open | undefined): void {
    if (!open || Array.isArray(open.value)) throw this.#fault("':' not as part of an object");
    if (this.#next === null) throw this.#fault("Expected string key before ':'");
    if (open.key !== null) throw this.#fault("':' should follow a key");
    const { value } = this.#next;
    if (typeof value !== 'string') throw this.#fault('Object keys must be strings');
    open.key = value;
    this.#next = null;
  }

  #add(open: Open, value: Value): void {
    this.#next = null;
    open.size++;
    if (Array.isArray(open.value)) open.value.push(value);
    else if (open.key === null) throw this.#fault('Objects must consist of key:value pairs');
    else if (isObject(open.value)) setKey(open.value, open.key, value);
    open.key = null;
  }

  #close(char: string, open: Open | undefined): void {
    const isArray = char === ']';
    if (!open || (isArray && !Array.isArray(open.value))) throw this.#fault(`Unmatched '${char}'`);
    if (this.#next !== null) {
      if (!isArray && open.key === null) throw this.#fault('Objects must consist of key:value pairs');
      this.#add(open, this.#next.value);
    } else if (!isArray && (Array.isArray(open.value) || open.key !== null)) throw this.#fault(`Unmatched '${char}'`);
    else if (open.size > 0) {
      throw this.#fault(isArray ? 'Expected another array element' : 'Expected another key-value pair');
    }
    this.#stack.pop();
    this.#give(open.value);
  }
}

function readLoosely(text: string): Value {
  return new Reader(text.replace(/^\ufeff/, '')).read();
}

// One way alone to read each digit: with two, a long text that is no number is tried from each of its digits.
const NUMBER = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/;

/** Null for what is no number; `nan` and `infinity` are some. */
export function numberIn(word: string): number | null {
  if (NUMBER.test(word)) return Number(word);
  if (/^[+-]?nan$/i.test(word)) return Number.NaN;
  const infinite = /^([+-]?)inf(?:inity)?$/i.exec(word);
  return infinite ? (infinite[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY) : null;
}
