/** The rows of a list: page after page as somebody scrolls, filtered and sorted by the server. */
import { keepPreviousData, useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { send } from '../../client/api.ts';
import { useLiveRefresh } from '../../client/live.ts';
import { queryText } from '../url-state.ts';

export interface Page<Row> {
  items: Row[];
  next_cursor: string | null;
  total?: { value: number; relation: string };
}

export interface ListWish {
  list: string;
  /** Filters, search and order. */
  query: Readonly<Record<string, string>>;
}

const PAGE_ROWS = 100;

export function useList<Row>({ list, query }: ListWish, live: readonly string[]) {
  const client = useQueryClient();
  const key = ['get', list, query];
  const result = useInfiniteQuery({
    queryKey: key,
    initialPageParam: '',
    placeholderData: keepPreviousData,
    // What changed while another page was open is not in what is remembered, and no event of it comes any more.
    staleTime: 0,
    queryFn: ({ pageParam, signal }) => readPage<Row>({ list, query }, pageParam, signal),
    getNextPageParam: (page: Page<Row>) => page.next_cursor,
  });
  useLiveRefresh(live, () => client.invalidateQueries({ queryKey: ['get', list] }));
  return result;
}

/** All rows that match, as far as somebody takes them: for what is done with all of them. */
export async function* everyRow<Row>(wish: ListWish, signal: AbortSignal): AsyncGenerator<Row> {
  let cursor: string | null = '';
  while (cursor !== null) {
    const page: Page<Row> = await readPage<Row>(wish, cursor, signal);
    yield* page.items;
    cursor = page.next_cursor;
  }
}

/** Where the filtered list is as CSV. */
export function csvAddress({ list, query }: ListWish): string {
  return `${list}${queryText({ ...query, format: 'csv' })}`;
}

/** A path with values in place of its braces. */
export function filled(pattern: string, at: Readonly<Record<string, string>>): string {
  return pattern.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(at[name] ?? ''));
}

export async function readPage<Row>(
  { list, query }: ListWish,
  cursor: string,
  signal: AbortSignal | undefined,
  limit = PAGE_ROWS,
): Promise<Page<Row>> {
  const answer = await send(`${list}${queryText({ ...query, limit, cursor })}`, signal ? { signal } : {});
  return answer.json();
}
