/**
 * A list in a pane of its own, as long as it may be: drawn is what is on the screen, more is asked for before its end, and who
 * comes back finds it where it was.
 */
import { Button, Loader } from '@mantine/core';
import {
  defaultRangeExtractor,
  measureElement,
  type Range,
  useVirtualizer,
  type VirtualItem,
} from '@tanstack/react-virtual';
import {
  type CSSProperties,
  memo,
  type ReactNode,
  type UIEvent,
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
} from 'react';
import { paneStyle } from './pane-style.ts';
import { Failure } from './states.tsx';
import { Waiting } from './waiting.tsx';

/** Before its end is reached, the next page is read. */
const AHEAD_PX = 600;
const OVERSCAN = 12;

interface Left {
  top: number;
  sizes: VirtualItem[];
}

/** How far each list was scrolled, for as long as the page lives. */
const places = new Map<string, Left>();

export interface LongListProps<Row> {
  /** Tells the lists apart that may stand here. */
  name: string;
  rows: readonly Row[];
  keyOf(row: Row): string | number;
  /** About how high a row is. */
  rowPx: number;
  /** Which row is open. It is there wherever somebody has scrolled, as are its neighbours: the keyboard goes on from it. */
  open: string | number | null;
  list: ListRead;
  /** Stands in the place of rows, where there are none. */
  empty: ReactNode;
  /** What the button for further rows says. */
  more: string;
  children(row: Row): ReactNode;
}

/** Of a list that is read page by page, as `useInfiniteQuery` gives it. */
export interface ListRead {
  isPending: boolean;
  error: unknown;
  refetch(): unknown;
  hasNextPage: boolean;
  isFetchingNextPage: boolean;
  fetchNextPage(): unknown;
}

export function LongList<Row>(props: LongListProps<Row>) {
  const { name, rows, keyOf, rowPx, open, list, children } = props;
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = list;
  const scroll = useRef<HTMLDivElement>(null);
  const [focused, setFocused] = useState(0);
  const openAt = open === null ? 0 : rows.findIndex((row) => keyOf(row) === open);
  const virtual = useVirtualizer<HTMLDivElement, HTMLLIElement>({
    count: rows.length,
    getScrollElement: () => scroll.current,
    estimateSize: () => rowPx,
    overscan: OVERSCAN,
    getItemKey: (index) => keyOfAt(rows[index], index),
    // A list that is hidden, as on a telephone behind what is open, keeps the heights that it had.
    measureElement: (element, entry, list) =>
      measureElement(element, entry, list) || (list.measurementsCache[Number(element.dataset.index)]?.size ?? rowPx),
    rangeExtractor: (range) => withNeighbours(range, [0, focused, openAt]),
    initialMeasurementsCache: places.get(name)?.sizes ?? [],
  });
  const isThere = rows.length > 0;
  const isShown = open === null;
  // biome-ignore lint/correctness/useExhaustiveDependencies: on a telephone it comes back when what was open is closed
  useLayoutEffect(() => {
    if (scroll.current && isThere) scroll.current.scrollTop = places.get(name)?.top ?? 0;
  }, [name, isThere, isShown]);
  useEffect(() => {
    return () => {
      const left = places.get(name);
      if (left) left.sizes = virtual.takeSnapshot();
    };
  }, [name, virtual]);
  const onScroll = ({ currentTarget }: UIEvent<HTMLElement>) => {
    const { scrollTop, clientHeight, scrollHeight } = currentTarget;
    if (clientHeight > 0) places.set(name, { top: scrollTop, sizes: places.get(name)?.sizes ?? [] });
    const isNearEnd = scrollTop + clientHeight > scrollHeight - AHEAD_PX;
    if (isNearEnd && hasNextPage && !isFetchingNextPage) fetchNextPage();
  };

  return (
    <div ref={scroll} className={paneStyle.scroll} onScroll={onScroll}>
      {list.isPending && <Waiting />}
      {list.error != null && !isThere && <Failure error={list.error} onRetry={() => void list.refetch()} />}
      {!list.isPending && list.error == null && !isThere && props.empty}
      <ul className={paneStyle.list} style={{ height: virtual.getTotalSize(), position: 'relative' }}>
        {virtual.getVirtualItems().map(({ index, start, key }) => {
          const row = rows[index];
          if (row === undefined) return null;
          return (
            <li
              key={key}
              ref={virtual.measureElement}
              data-index={index}
              aria-posinset={index + 1}
              aria-setsize={hasNextPage ? -1 : rows.length}
              onFocus={() => setFocused(index)}
              style={placeOf(start)}
            >
              <Drawn row={row}>{children as (row: unknown) => ReactNode}</Drawn>
            </li>
          );
        })}
      </ul>
      {isFetchingNextPage && <Loader size="sm" m="sm" role="status" aria-label={props.more} />}
      {hasNextPage && !isFetchingNextPage && (
        <Button variant="subtle" fullWidth onClick={() => void fetchNextPage()}>
          {props.more}
        </Button>
      )}
    </div>
  );

  function keyOfAt(row: Row | undefined, index: number): string | number {
    return row === undefined ? index : keyOf(row);
  }
}

/** Not anew while somebody scrolls. */
const Drawn = memo(function Drawn({ row, children }: { row: unknown; children(row: unknown): ReactNode }) {
  return children(row);
});

function placeOf(start: number): CSSProperties {
  return { position: 'absolute', insetInline: 0, top: 0, transform: `translateY(${start}px)` };
}

function withNeighbours(range: Range, kept: readonly number[]): number[] {
  const around = kept.flatMap((index) => [index - 1, index, index + 1]);
  const there = around.filter((index) => index >= 0 && index < range.count);
  return [...new Set([...defaultRangeExtractor(range), ...there])].sort((one, other) => one - other);
}
