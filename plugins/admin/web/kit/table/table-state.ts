/** What of a table stands in the address: filters, search, order, columns. */
import { useMemo } from 'react';
import { useUrlState } from '../url-state.ts';
import type { DataTableProps, ListPath } from './types.ts';

export interface TableUrlState {
  /** What the list is asked for, with what the page itself has set. */
  query: Readonly<Record<string, string>>;
  /** What somebody has set, by the list's names. */
  values: Readonly<Record<string, string>>;
  isFiltered: boolean;
  sort: string;
  visibility: Record<string, boolean>;
  set(changes: Readonly<Record<string, string | null>>): void;
  setSort(sort: string): void;
  setVisibility(id: string, isVisible: boolean): void;
  /** Everything at once, as a saved view holds it. */
  replace(view: Readonly<Record<string, string>>): void;
  /** As a view is saved. */
  view: Readonly<Record<string, string>>;
}

const COLUMNS = 'columns';

export function useTableState<P extends ListPath>(props: DataTableProps<P>): TableUrlState {
  const { filters = [], fixed = {}, defaultSort = '', urlKey, columns } = props;
  const [address, setAddress] = useUrlState();
  const prefix = urlKey === undefined ? '' : `${urlKey}.`;
  const names = useMemo(
    () => [
      'search',
      'sort',
      COLUMNS,
      ...filters.flatMap((one) =>
        'kind' in one && one.kind === 'range' ? [`${one.name}_from`, `${one.name}_to`] : [one.name],
      ),
    ],
    [filters],
  );
  const view = Object.fromEntries(
    names.flatMap((name) => {
      const value = address[prefix + name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
  const { sort = defaultSort, [COLUMNS]: chosen, ...values } = view;
  const visible = chosen === undefined ? null : new Set(chosen.split(','));
  const visibility = Object.fromEntries(
    columns.map(({ id, isExtra }) => [id, visible ? visible.has(id) : isExtra !== true]),
  );
  const set: TableUrlState['set'] = (changes) =>
    setAddress(Object.fromEntries(Object.entries(changes).map(([name, value]) => [prefix + name, value])));

  return {
    query: { ...values, ...(sort !== '' && { sort }), ...fixed },
    values,
    isFiltered: Object.keys(values).length > 0,
    sort,
    visibility,
    view,
    set,
    setSort: (next) => set({ sort: next === defaultSort ? null : next }),
    setVisibility(id, isVisible) {
      const next = columns
        .filter((column) => (column.id === id ? isVisible : visibility[column.id]))
        .map((one) => one.id);
      if (next.length > 0) set({ [COLUMNS]: next.join(',') });
    },
    replace: (next) => set({ ...Object.fromEntries(names.map((name) => [name, null])), ...next }),
  };
}
