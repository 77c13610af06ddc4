/** Where pages are now whose address was another one. */
import type { Pages } from '../kit/define-pages.ts';

/** The new address of a former one, by the longest one that it lies below; null for what has not moved. */
export function movedTo(path: string, pages: readonly Pages[]): string | null {
  const moves = pages.flatMap(({ moved = {} }) => Object.entries(moved));
  const [best] = moves
    .filter(([from]) => path === from || path.startsWith(`${from}/`))
    .sort(([one], [other]) => other.length - one.length);
  return best ? best[1] + path.slice(best[0].length) : null;
}
