/**
 * The rows that are on the screen, of as many as there are. A grid for assistive technology: arrows move, Enter opens,
 * space selects, Shift extends; the true number of rows is announced.
 */
import { Checkbox, Loader, UnstyledButton } from '@mantine/core';
import IconArrowDown from '@tabler/icons-react/dist/esm/icons/IconArrowDown.mjs';
import IconArrowUp from '@tabler/icons-react/dist/esm/icons/IconArrowUp.mjs';
import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, useCallback, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type SelectableRow, TableRow } from './row.tsx';
import classes from './table.module.css';
import type { Column } from './types.ts';

interface RowsTable<Row> {
  getRowModel(): { rows: SelectableRow<Row>[] };
  getIsAllRowsSelected(): boolean;
  getIsSomeRowsSelected(): boolean;
  toggleAllRowsSelected(value?: boolean): void;
}

export interface RowsProps<Row> {
  table: RowsTable<Row>;
  columns: readonly Column<Row>[];
  label: string;
  sort: string;
  onSort(sort: string): void;
  canSelect: boolean;
  isAll: boolean;
  total: { value: number; relation: string } | undefined;
  to: ((row: Row) => string) | undefined;
  onOpen: ((row: Row) => void) | undefined;
  hasMore: boolean;
  isLoadingMore: boolean;
  onMore(): void;
  isOld: boolean;
}

const ROW_PX = 45;
const AHEAD = 12;
/** `Nov 27, 2026, 12:59 PM` with the space around it. */
const TIME_WIDTH = '14em';

export function Rows<Row>(props: RowsProps<Row>) {
  const { table, columns, label, canSelect, isAll, total, to, onOpen, hasMore, isLoadingMore, onMore } = props;
  const { t } = useTranslation();
  const body = useRef<HTMLDivElement>(null);
  const [focused, setFocused] = useState(0);
  const { rows } = table.getRowModel();
  const virtual = useWindowVirtualizer({
    count: rows.length,
    estimateSize: () => ROW_PX,
    overscan: AHEAD,
    scrollMargin: body.current?.offsetTop ?? 0,
    getItemKey: (index) => rows[index]?.id ?? index,
  });
  const items = virtual.getVirtualItems();
  const last = items.at(-1)?.index ?? 0;
  useEffect(() => {
    if (hasMore && !isLoadingMore && last >= rows.length - AHEAD) onMore();
  }, [hasMore, isLoadingMore, last, rows.length, onMore]);

  const move = (to: number) => {
    const index = Math.max(0, Math.min(rows.length - 1, to));
    setFocused(index);
    virtual.scrollToIndex(index);
    requestAnimationFrame(() => body.current?.querySelector<HTMLElement>(`[data-index="${index}"]`)?.focus());
  };
  const handle = useRef<(event: KeyboardEvent, index: number) => void>(() => {});
  handle.current = (event, index) => {
    if (event.target !== event.currentTarget) return;
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10, Home: -rows.length, End: rows.length }[
      event.key
    ];
    if (step !== undefined) {
      event.preventDefault();
      if (event.shiftKey && canSelect) rows[index + Math.sign(step)]?.toggleSelected(true);
      move(index + step);
    }
    if (event.key === ' ' && canSelect) {
      event.preventDefault();
      rows[index]?.toggleSelected();
    }
    if (event.key === 'Enter') event.currentTarget.querySelector<HTMLElement>('a[href], button')?.click();
  };
  const onKey = useCallback((event: KeyboardEvent, index: number) => handle.current(event, index), []);
  const template = columns.map(({ width = 1 }) => (width === 'time' ? TIME_WIDTH : `minmax(0, ${width}fr)`)).join(' ');
  const grid = { '--columns': canSelect ? `2.25rem ${template}` : template } as React.CSSProperties;

  return (
    <div
      role="grid"
      aria-label={label}
      aria-rowcount={total?.relation === 'exact' ? total.value + 1 : -1}
      aria-colcount={columns.length + (canSelect ? 1 : 0)}
      aria-multiselectable={canSelect}
      aria-busy={props.isOld}
      className={classes.table}
      style={grid}
    >
      <div role="rowgroup" className={classes.head}>
        <div role="row" aria-rowindex={1} className={classes.row}>
          {canSelect && (
            <div role="columnheader" className={classes.cell}>
              <Checkbox
                size="xs"
                aria-label={t('table.selectLoaded')}
                checked={isAll || table.getIsAllRowsSelected()}
                indeterminate={!isAll && !table.getIsAllRowsSelected() && table.getIsSomeRowsSelected()}
                onChange={(event) => table.toggleAllRowsSelected(event.currentTarget.checked)}
              />
            </div>
          )}
          {columns.map((column) => (
            <Heading key={column.id} column={column} sort={props.sort} onSort={props.onSort} />
          ))}
        </div>
      </div>
      <div role="rowgroup" ref={body} style={{ height: virtual.getTotalSize(), position: 'relative' }}>
        {items.map(({ index, start, key }) => {
          const row = rows[index];
          if (!row) return null;
          return (
            <TableRow
              key={key}
              row={row}
              columns={columns}
              index={index}
              top={start - virtual.options.scrollMargin}
              isSelected={isAll || row.getIsSelected()}
              isStop={index === Math.min(focused, rows.length - 1)}
              canSelect={canSelect}
              to={to}
              onOpen={onOpen}
              measure={virtual.measureElement}
              onFocus={setFocused}
              onKeyDown={onKey}
            />
          );
        })}
      </div>
      {isLoadingMore && (
        <div className={classes.more}>
          <Loader size="sm" role="status" aria-label={t('waiting')} />
        </div>
      )}
    </div>
  );
}

function Heading<Row>({ column, sort, onSort }: { column: Column<Row>; sort: string; onSort(sort: string): void }) {
  const { id, title, align } = column;
  const direction = sort === column.sort ? 'ascending' : sort === `-${column.sort}` ? 'descending' : 'none';
  return (
    <div
      role="columnheader"
      aria-sort={column.sort ? direction : undefined}
      className={classes.cell}
      data-end={align === 'end' || undefined}
      data-id={id}
    >
      {column.sort ? (
        <UnstyledButton
          className={classes.sort}
          onClick={() => onSort(direction === 'ascending' ? `-${column.sort}` : `${column.sort}`)}
        >
          {title}
          {direction === 'ascending' && <IconArrowUp size={14} aria-hidden />}
          {direction === 'descending' && <IconArrowDown size={14} aria-hidden />}
        </UnstyledButton>
      ) : (
        title
      )}
    </div>
  );
}
