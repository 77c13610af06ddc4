/** Rows and lists that scroll where there is no room for all of them: what is open is seen, and an edge fades where there is more. */
import { useEffect, useRef } from 'react';

/** How much of what is beside it is seen too. */
const BESIDE_PX = 40;

/** Gives what the row is bound to. `open`: what is marked as the open one within it. */
export function useScrollRow(open: string) {
  const own = useRef<HTMLDivElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: whenever another one is open
  useEffect(() => {
    const row = own.current;
    const here = row?.querySelector<HTMLElement>('[aria-current], [aria-selected="true"]');
    if (!row || !here) return;
    const [outer, inner] = [row.getBoundingClientRect(), here.getBoundingClientRect()];
    // By hand: `scrollIntoView` moves the page too.
    if (inner.left < outer.left) row.scrollLeft += inner.left - outer.left - BESIDE_PX;
    if (inner.right > outer.right) row.scrollLeft += inner.right - outer.right + BESIDE_PX;
    if (inner.top < outer.top || inner.bottom > outer.bottom) row.scrollTop += inner.top - outer.top - BESIDE_PX;
  }, [open]);
  // After each drawing: there may be more in it, or less.
  useEffect(() => {
    const row = own.current;
    if (!row) return;
    const look = () => {
      const { scrollLeft, clientWidth, scrollWidth } = row;
      row.toggleAttribute('data-more-before', scrollLeft > 1);
      row.toggleAttribute('data-more-after', scrollLeft + clientWidth < scrollWidth - 1);
    };
    const watch = new ResizeObserver(look);
    watch.observe(row);
    row.addEventListener('scroll', look, { passive: true });
    return () => {
      watch.disconnect();
      row.removeEventListener('scroll', look);
    };
  });
  return own;
}
