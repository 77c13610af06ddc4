/**
 * A list of the API as a table: filters, order, columns and views in the address, rows as they are scrolled to, live, and
 * by keyboard. On a telephone each row is a card.
 */
import { Group, Text } from '@mantine/core';
import {
  type ColumnDef,
  columnVisibilityFeature,
  type RowSelectionState,
  rowSelectionFeature,
  tableFeatures,
  useTable,
} from '@tanstack/react-table';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormats } from '../../i18n/formats.ts';
import { NotLive } from '../not-live.tsx';
import { Failure } from '../states.tsx';
import { Waiting } from '../waiting.tsx';
import { BulkBar } from './bulk-bar.tsx';
import { filled, useList } from './list-query.ts';
import { Rows } from './rows.tsx';
import { useTableState } from './table-state.ts';
import { Toolbar } from './toolbar.tsx';
import type { DataTableProps, ListPath, RowOf } from './types.ts';

const features = tableFeatures({ columnVisibilityFeature, rowSelectionFeature });
const NO_ROWS: never[] = [];

export function DataTable<P extends ListPath>(props: DataTableProps<P>) {
  type Row = RowOf<P>;
  const { list: pattern, at = {}, columns, rowKey, label, empty, bulk = [], live = [] } = props;
  const list = filled(pattern, at);
  const { t } = useTranslation();
  const { number } = useFormats();
  const state = useTableState(props);
  const [selection, setSelection] = useState<RowSelectionState>({});
  const [isAll, setAll] = useState(false);
  const wish = { list, query: state.query };
  const result = useList<Row>(wish, live);
  const data = useMemo(() => result.data?.pages.flatMap(({ items }) => items) ?? NO_ROWS, [result.data]);
  const definitions = useMemo(
    () => columns.map(({ id }): ColumnDef<typeof features, Row> => ({ id, accessorFn: (row: Row) => row })),
    [columns],
  );
  const table = useTable({
    features,
    data,
    columns: definitions,
    getRowId: rowKey,
    enableRowRangeSelection: true,
    state: { columnVisibility: state.visibility, rowSelection: selection },
    onRowSelectionChange: (next) => {
      setAll(false);
      setSelection(next);
    },
  });
  const shown = columns.filter(({ id }) => table.getColumn(id)?.getIsVisible());
  const total = result.data?.pages[0]?.total;
  const clear = () => {
    setAll(false);
    setSelection({});
  };

  if (result.error && data.length === 0) return <Failure error={result.error} onRetry={() => void result.refetch()} />;
  const isEmpty = !result.isPending && data.length === 0;
  return (
    <div>
      {!(isEmpty && !state.isFiltered) && <Toolbar props={props} state={state} wish={wish} />}
      {bulk.length > 0 && (
        <BulkBar
          actions={bulk}
          selected={isAll ? 'all' : data.filter((row) => selection[rowKey(row)])}
          total={total}
          wish={wish}
          hasMore={result.hasNextPage || data.length > Object.keys(selection).length}
          onAll={() => setAll(true)}
          onClear={clear}
        />
      )}
      {result.isPending && <Waiting lines={8} />}
      {isEmpty &&
        (state.isFiltered ? (
          <Text py="xl" ta="center" c="dimmed">
            {t('table.nothingMatches')}
          </Text>
        ) : (
          empty
        ))}
      {data.length > 0 && (
        <Rows
          table={table}
          columns={shown}
          label={label}
          sort={state.sort}
          onSort={state.setSort}
          canSelect={bulk.length > 0}
          isAll={isAll}
          total={total}
          to={props.to}
          onOpen={props.onOpen}
          hasMore={result.hasNextPage}
          isLoadingMore={result.isFetchingNextPage}
          onMore={() => void result.fetchNextPage()}
          isOld={result.isPlaceholderData}
        />
      )}
      {data.length > 0 && (
        <Group justify="flex-end" mt="xs" gap="xs">
          {live.length > 0 && <NotLive />}
          <Text size="xs" c="dimmed" aria-live="polite">
            {total
              ? t(total.relation === 'exact' ? 'table.count' : 'table.countAtLeast', {
                  count: total.value,
                  shown: number(total.value),
                })
              : null}
          </Text>
        </Group>
      )}
    </div>
  );
}
