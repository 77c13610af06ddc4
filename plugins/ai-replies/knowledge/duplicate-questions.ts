/**
 * Whether two texts ask for the same. An approved answer is given without a model, so it must never answer another question:
 * greetings, thanks and the like are passed over, and nothing else. Who does something to whom, from where to where, numbers
 * and what is denied stay as they stand.
 */
import { COURTESIES } from './stop-phrases.ts';
import { folded } from './tokenizer.ts';

/** Whoever writes more asks for more than one thing. */
const LONGEST = 4_000;
/** A greeting, an apology, what is polite before the question, and thanks after it. */
const MOST_COURTESIES = 6;

export function isSameQuestion(one: string, other: string): boolean {
  if (Math.max(one.length, other.length) > LONGEST) return false;
  const asked = plainQuestion(one);
  return asked !== '' && asked === plainQuestion(other);
}

/** Points and commas within numbers end nothing. */
const ENDS = /[\n!?;。、…]+|(?<!\p{N})[,.:]+|[,.:]+(?!\p{N})/u;
const BETWEEN_HAN = /(?<=\p{Script=Han})\s+|\s+(?=\p{Script=Han})/gu;
/** Each Chinese character, numbers with what stands in them, words with their apostrophes, and signs: `5 €`, `50 %`, `C++`, `-5`. */
const TOKENS =
  /\p{Script=Han}|(?:(?<![\p{L}\p{N}])-)?\p{N}+(?:[.,:/-]\p{N}+)*|(?:(?!\p{Script=Han})[\p{L}\p{M}])+(?:'\p{L}+)*|[\p{S}%&#@*]/gu;
/** Faces and folded hands. */
const FACES = /[\u{1f600}-\u{1f64f}\u{1f44d}]|\ufe0f/gu;

/** What is left of it, as words; all of it when it is nothing but courtesies. */
function plainQuestion(text: string): string {
  const parts = folded(text)
    .replace(/[’`´]/g, "'")
    .replace(/\p{Script=Han}/gu, (sign) => COURTESIES.written.get(sign) ?? sign)
    .replace(FACES, ' ')
    .split(ENDS)
    .map((part) => part.replace(/\s+/g, ' ').replace(BETWEEN_HAN, '').trim());
  const telling = parts.map((part) => wordsIn(withoutCourtesies(part))).filter(Boolean);
  return telling.length > 0 ? telling.join(' | ') : parts.map(wordsIn).filter(Boolean).join(' | ');
}

/** One courtesy after the other is taken from its ends. */
function withoutCourtesies(part: string): string {
  let left = COURTESIES.everywhere.reduce((text, courtesy) => text.replace(courtesy, ''), part).trim();
  for (let count = 0; count < MOST_COURTESIES; count++) {
    const before = left;
    for (const courtesy of COURTESIES.atEnds) left = left.replace(courtesy, '').trim();
    if (left === before) break;
  }
  return left.replace(/ +/g, ' ');
}

function wordsIn(text: string): string {
  return (text.match(TOKENS) ?? []).join(' ');
}
