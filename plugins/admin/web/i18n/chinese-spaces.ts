/** Chinese with a space between its own signs and those of others, as all texts of the pages have it: `12 分钟前`. */

const HAN = /\p{Script=Han}/u;
const OTHERS = /[A-Za-z0-9]/;

/** Of what `Intl` writes: without spaces, and with more seconds than are said. */
export function spacedUnits(text: string): string {
  return text.replace(/(\d)(?=\p{Script=Han})/gu, '$1 ').replace('秒钟', '秒');
}

/** Between the end of one text and the beginning of the next. */
export function gapBetween(before: string, after: string): '' | ' ' {
  const end = before.at(-1) ?? '';
  const begin = after.charAt(0);
  return (HAN.test(end) && OTHERS.test(begin)) || (OTHERS.test(end) && HAN.test(begin)) ? ' ' : '';
}
