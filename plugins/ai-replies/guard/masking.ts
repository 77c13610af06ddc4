/**
 * Personal data out of what models read, and back into what they have written: each value becomes a placeholder, the same one
 * wherever it stands in a request. What already looks like a placeholder is a value too, so that nobody can name another's.
 */
import type validators from 'validator';
import { lazily } from '#core/kit.ts';

export interface Masking {
  /** The text with placeholders instead of personal data. Takes time in proportion to its length. */
  mask(text: string): string;
  /** The text with the values again, also where a model has changed case or spacing of a placeholder. */
  unmask(text: string): string;
}

type Kind = 'PHONE' | 'ID' | 'CARD' | 'IBAN' | 'EMAIL' | 'TEXT';

interface Found {
  kind: Kind;
  start: number;
  end: number;
}

const validator = lazily<typeof validators>('validator', import.meta.url);
const phoneNumbers = lazily<typeof import('libphonenumber-js')>('libphonenumber-js', import.meta.url);

const COUNTRY = 'CN';
/** In square brackets of any width: U+FF3B and U+3010 are those of Chinese keyboards. */
const PLACEHOLDER =
  /[[\uff3b\u3010]\s{0,3}(PHONE|ID|CARD|IBAN|EMAIL|TEXT)[\s_-]{0,3}(\d{1,4})\s{0,3}[\]\uff3d\u3011]/giu;
/** Also right behind letters, as in `ID110105…`: what it is the check digit tells. */
const DIGITS = /(?<!\d)\d(?:[ .-]{0,3}\d){12,21}(?:[ .-]{0,3}[Xx])?(?![\dA-Za-z])/g;
const IBAN = /(?<![\dA-Za-z])[A-Z]{2}\d{2}(?: ?[\dA-Z]{4}){2,7}(?: ?[\dA-Z]{1,3})?(?![\dA-Za-z])/g;
/** A run that may be a telephone number, with what is written between its digits. */
const PHONE = /(?<![\d+])\+?\(?\d(?:[ ()./-]{0,3}\d){5,16}(?!\d)/g;
/** Of China; so clear that it is one right behind letters too, as in `tel138…`. */
const MOBILE = /^1[3-9]\d{9}$/;
/** What is written between the parts of a number, beside what `narrow` makes a space, a point or a dash of. */
const BETWEEN = /[ ()./-]/g;
const LOCAL = /[\w.!#$%&'*+/=?^`{|}~-]/;
const DOMAIN = /[A-Za-z\d.-]/;
const LONGEST_LOCAL = 64;
const LONGEST_DOMAIN = 253;

/** One for each request. */
export function createMasking(): Masking {
  /** Placeholder by the kind and the value without what is written between its characters. */
  const placeholders = new Map<string, string>();
  const values = new Map<string, string>();
  const counts = new Map<Kind, number>();
  const phonesIn = phoneFinder();

  return {
    mask(text) {
      let masked = '';
      let place = 0;
      for (const { kind, start, end } of findPersonal(text, phonesIn)) {
        masked += text.slice(place, start) + placeholderOf(kind, text.slice(start, end));
        place = end;
      }
      return masked + text.slice(place);
    },
    unmask: (text) =>
      text.replace(
        PLACEHOLDER,
        (written, kind: string, number: string) => values.get(`[${kind.toUpperCase()}_${Number(number)}]`) ?? written,
      ),
  };

  function placeholderOf(kind: Kind, value: string): string {
    const key = `${kind} ${kind === 'TEXT' ? value : narrow(value).replace(BETWEEN, '').toLowerCase()}`;
    const known = placeholders.get(key);
    if (known) return known;
    const number = (counts.get(kind) ?? 0) + 1;
    const placeholder = `[${kind}_${number}]`;
    counts.set(kind, number);
    placeholders.set(key, placeholder);
    values.set(placeholder, value);
    return placeholder;
  }
}

/** In each of them is a digit, of whatever script, or the sign of an address: most of what is said has neither. */
const HINT = /[\p{Nd}@\uff20]/u;

/** Where personal data stand, in their order, none within another. */
function findPersonal(text: string, phonesIn: PhoneFinder): Found[] {
  if (!HINT.test(text)) return [];
  const flat = narrow(text);
  const found = [
    ...[...text.matchAll(PLACEHOLDER)].map((match) => at('TEXT', match.index, match[0])),
    ...emailsOf(flat),
    ...[...flat.matchAll(IBAN)]
      .filter(([run]) => validator().isIBAN(run))
      .map((match) => at('IBAN', match.index, match[0])),
    ...[...flat.matchAll(DIGITS)].flatMap(numberOf),
    ...[...flat.matchAll(PHONE)].flatMap((match) => phonesOf(match, phonesIn)),
  ];
  // Of two that overlap the first in this list counts: it is the surer one.
  const taken: Found[] = [];
  const free = new Uint8Array(text.length).fill(1);
  for (const one of found) {
    if (free.subarray(one.start, one.end).includes(0)) continue;
    free.fill(0, one.start, one.end);
    // A digit may be two units long.
    taken.push({ ...one, end: one.end + (isLowSurrogate(text, one.end) ? 1 : 0) });
  }
  return taken.sort((one, other) => one.start - other.start);
}

function at(kind: Kind, start: number, run: string): Found {
  return { kind, start, end: start + run.length };
}

/** From each `@` to both sides. */
function emailsOf(flat: string): Found[] {
  const found: Found[] = [];
  for (let sign = flat.indexOf('@'); sign >= 0; sign = flat.indexOf('@', sign + 1)) {
    let start = sign;
    while (start > 0 && sign - start < LONGEST_LOCAL && LOCAL.test(flat.charAt(start - 1))) start--;
    let end = sign + 1;
    while (end < flat.length && end - sign <= LONGEST_DOMAIN && DOMAIN.test(flat.charAt(end))) end++;
    while (end > sign && /[.-]/.test(flat.charAt(end - 1))) end--;
    if (validator().isEmail(flat.slice(start, end))) found.push({ kind: 'EMAIL', start, end });
  }
  return found;
}

function numberOf(match: RegExpExecArray): Found[] {
  const digits = match[0].replace(BETWEEN, '');
  if (/^(?:\d{15}|\d{17}[\dXx])$/.test(digits) && validator().isIdentityCard(digits.toUpperCase(), 'zh-CN'))
    return [at('ID', match.index, match[0])];
  const isCard = /^\d{13,19}$/.test(digits) && validator().isLuhnNumber(digits);
  return isCard ? [at('CARD', match.index, match[0])] : [];
}

function phonesOf({ 0: run, index, input }: RegExpExecArray, phonesIn: PhoneFinder): Found[] {
  const digits = run.replace(BETWEEN, '');
  if (MOBILE.test(digits)) return [at('PHONE', index, run)];
  if (/[A-Za-z]/.test(input.charAt(index - 1))) return [];
  return phonesIn(run).map(([startsAt, endsAt]) => ({ kind: 'PHONE', start: index + startsAt, end: index + endsAt }));
}

/** Where numbers stand in a run. */
type PhoneFinder = (run: string) => readonly (readonly [start: number, end: number])[];

/** Each run is looked at once: the library tries some twenty readings of digits that stand apart. */
function phoneFinder(): PhoneFinder {
  const known = new Map<string, ReturnType<PhoneFinder>>();
  return (run) => {
    const found =
      known.get(run) ?? withoutTraces(() => phoneNumbers().findPhoneNumbersInText(run, COUNTRY)).map(placeOf);
    known.set(run, found);
    return found;
  };
}

function placeOf({ startsAt, endsAt }: { startsAt: number; endsAt: number }): readonly [start: number, end: number] {
  return [startsAt, endsAt];
}

/** The library throws for each reading that is no number; where it stood then takes three quarters of the time. */
function withoutTraces<T>(work: () => T): T {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    return work();
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

/**
 * Letters and digits of other widths and scripts as those of ASCII; dashes, points, spaces and what nobody sees as one of each;
 * the text keeps its length.
 */
function narrow(text: string): string {
  return text
    .replace(/[\uff01-\uff5e]/g, (wide) => String.fromCharCode(wide.charCodeAt(0) - 0xfee0))
    .replace(/[^\x20-\x7e\n]/gu, (other) => {
      if (/\p{Nd}/u.test(other)) return asciiDigit(other).padEnd(other.length, ' ');
      if (/[\p{Pd}\u2212]/u.test(other)) return '-';
      if (/[\u00b7\u2022\u2024\u2027\u30fb]/.test(other)) return '.';
      return /[\t\p{Zs}\p{Cf}]/u.test(other) ? ' '.repeat(other.length) : other;
    });
}

/** Digits of a script stand in their order from a zero on; the ten before it are no digits. */
function asciiDigit(digit: string): string {
  const plain = digit.normalize('NFKC');
  if (/^\d$/.test(plain)) return plain;
  const code = digit.codePointAt(0) ?? 0;
  let zero = code;
  while (code - zero < 9 && /\p{Nd}/u.test(String.fromCodePoint(zero - 1))) zero--;
  return String(code - zero);
}

function isLowSurrogate(text: string, place: number): boolean {
  const code = text.charCodeAt(place);
  return code >= 0xdc00 && code <= 0xdfff;
}
