/** Text for an index that splits it at spaces, which Chinese, Japanese and Korean writing lacks. */

/** Text beyond this is not found by its words. */
const MAX_INDEXED = 100_000;
const HAS_CJK = /[\u1100-\u11ff\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff]|[\ud840-\ud888]/;
const CJK = /([\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}])/gu;

/** The same text with each such character as a word of its own. */
export function separated(text: string): string {
  const part = text.slice(0, MAX_INDEXED);
  return HAS_CJK.test(part) ? part.replace(CJK, ' $1 ') : part;
}

const CJK_RUN = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]+/gu;

/**
 * The same text with each run of such characters as its overlapping pairs, which is how far most Chinese words go: they are
 * found as words and can be ranked as such. The last character stands alone as well, so that each is the beginning of a word.
 */
export function bigrams(text: string): string {
  const part = text.slice(0, MAX_INDEXED);
  return HAS_CJK.test(part) ? part.replace(CJK_RUN, (run) => ` ${pairsOf(run).join(' ')} `) : part;
}

function pairsOf(run: string): string[] {
  const characters = [...run];
  return characters.map((character, place) => character + (characters[place + 1] ?? ''));
}
