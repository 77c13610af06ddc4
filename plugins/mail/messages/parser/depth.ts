/**
 * HTML without elements that are nested deeper than anybody writes by hand or by program: what cleans it looks through
 * all open elements at each tag. The text in them stays.
 */
import { afterSilent, endOfTag } from './html.ts';
import { createScanner, type Scanner } from './scanner.ts';

const MOST_NESTED = 200;
/** Of elements that many leave open, because the next one ends them. */
const MOST_LOOSE = 2_000;

const NAME = /^(\/?)([a-z][a-z0-9-]{0,20})/;
const VOID = new Set('area base br col embed hr img input link meta source track wbr'.split(' '));
const LOOSE = new Set('p li dt dd tr td th tbody thead tfoot option'.split(' '));

export function withoutDepth(html: string, scanner: Scanner = createScanner(html)): string {
  const nested = createCount(MOST_NESTED);
  const loose = createCount(MOST_LOOSE);
  const pieces: string[] = [];
  let kept = 0;
  for (let at = scanner.find('<', 0); at >= 0; ) {
    const end = endOfTag(scanner, at);
    if (end < 0) break;
    const [, slash = '', name = ''] = NAME.exec(html.slice(at + 1, at + 24).toLowerCase()) ?? [];
    const isElement = name !== '' && !VOID.has(name);
    if (isElement && !(LOOSE.has(name) ? loose : nested).keeps(slash === '')) {
      pieces.push(html.slice(kept, at));
      kept = end;
    }
    at = scanner.find('<', slash ? end : afterSilent(scanner, name, end));
  }
  return pieces.length === 0 ? html : pieces.join('') + html.slice(kept);
}

/** Says of each tag whether it stays: an end goes when its beginning did. */
function createCount(most: number): { keeps(isOpening: boolean): boolean } {
  let open = 0;
  let dropped = 0;
  return {
    keeps(isOpening) {
      const isKept = isOpening ? open < most : dropped === 0;
      const step = isOpening ? 1 : -1;
      if (isKept) open = Math.max(0, open + step);
      else dropped += step;
      return isKept;
    },
  };
}
