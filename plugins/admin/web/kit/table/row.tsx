/** One row of a table. It is drawn anew when something of it changes, and not because others come into view. */
import { Checkbox, UnstyledButton } from '@mantine/core';
import { type KeyboardEvent, memo, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from '../link.tsx';
import classes from './table.module.css';
import type { Column } from './types.ts';

export interface SelectableRow<Row> {
  id: string;
  original: Row;
  getIsSelected(): boolean;
  getToggleSelectedHandler(): (event: unknown) => void;
  toggleSelected(value?: boolean): void;
}

/** Functions are the same ones at every drawing, or all rows are drawn each time. */
export interface TableRowProps<Row> {
  row: SelectableRow<Row>;
  columns: readonly Column<Row>[];
  index: number;
  /** In pixels from the first row. */
  top: number;
  isSelected: boolean;
  /** Where Tab leads to. */
  isStop: boolean;
  canSelect: boolean;
  to: ((row: Row) => string) | undefined;
  onOpen: ((row: Row) => void) | undefined;
  measure(element: Element | null): void;
  onFocus(index: number): void;
  onKeyDown(event: KeyboardEvent, index: number): void;
}

function DrawnRow<Row>(props: TableRowProps<Row>) {
  const { row, columns, index, top, isSelected, isStop, canSelect, to, onOpen } = props;
  const { t } = useTranslation();
  return (
    <div
      role="row"
      aria-rowindex={index + 2}
      aria-selected={canSelect ? isSelected : undefined}
      data-index={index}
      data-selected={isSelected || undefined}
      ref={props.measure}
      tabIndex={isStop ? 0 : -1}
      onFocus={() => props.onFocus(index)}
      onKeyDown={(event) => props.onKeyDown(event, index)}
      className={`${classes.row} ${classes.item}`}
      style={{ transform: `translateY(${top}px)` }}
    >
      {canSelect && (
        <div role="gridcell" className={classes.cell}>
          <Checkbox
            size="xs"
            tabIndex={isStop ? 0 : -1}
            aria-label={t('table.select')}
            checked={isSelected}
            onClick={row.getToggleSelectedHandler()}
            onChange={() => {}}
          />
        </div>
      )}
      {columns.map((column, place) => (
        <div
          key={column.id}
          role="gridcell"
          className={classes.cell}
          data-end={column.align === 'end' || undefined}
          data-phone={place === 0 || column.onPhone || undefined}
          data-label={place === 0 ? undefined : column.title || undefined}
        >
          {place > 0 ? (
            column.cell(row.original)
          ) : (
            <First row={row.original} to={to} onOpen={onOpen}>
              {column.cell(row.original)}
            </First>
          )}
        </div>
      ))}
    </div>
  );
}

export const TableRow = memo(DrawnRow) as typeof DrawnRow;

interface FirstProps<Row> extends Pick<TableRowProps<Row>, 'to' | 'onOpen'> {
  row: Row;
  children: ReactNode;
}

/** The link or button of a row covers the whole of it. */
function First<Row>({ row, to, onOpen, children }: FirstProps<Row>) {
  if (to)
    return (
      <Link to={to(row)} className={classes.open} tabIndex={-1}>
        {children}
      </Link>
    );
  if (!onOpen) return children;
  return (
    <UnstyledButton className={classes.open} tabIndex={-1} onClick={() => onOpen(row)}>
      {children}
    </UnstyledButton>
  );
}
