/** The first rows of a list for what is no table: the choices of a field, a chart, what the palette finds. */
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { everyRow, filled, readPage } from './list-query.ts';
import type { ListPath, RowOf } from './types.ts';

export interface RowsWish {
  /** What stands in place of the braces of the path. */
  at?: Readonly<Record<string, string>>;
  /** Filters, search and order, as the list names them. */
  query?: Readonly<Record<string, string>>;
  /** At most; default as many as a list gives at once. */
  limit?: number;
}

const MOST = 200;

export async function readRows<P extends ListPath>(
  list: P,
  { at = {}, query = {}, limit = MOST }: RowsWish,
  signal?: AbortSignal,
): Promise<RowOf<P>[]> {
  const page = await readPage<RowOf<P>>({ list: filled(list, at), query }, '', signal, limit);
  return page.items;
}

/** The one that is meant, wherever in the list it stands; undefined when it is not there. */
export async function findRow<P extends ListPath>(
  list: P,
  { at = {}, query = {} }: Omit<RowsWish, 'limit'>,
  isMeant: (row: RowOf<P>) => boolean,
): Promise<RowOf<P> | undefined> {
  const { signal } = new AbortController();
  for await (const row of everyRow<RowOf<P>>({ list: filled(list, at), query }, signal)) if (isMeant(row)) return row;
  return undefined;
}

/** Read again after a write by `invalidateQueries({ queryKey: ['get', list] })`. */
export function useRows<P extends ListPath>(list: P, wish: RowsWish = {}) {
  return useQuery({
    queryKey: ['get', list, 'rows', wish],
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) => readRows(list, wish, signal),
  });
}
