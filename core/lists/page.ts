/** One page of a list, by its place: an index leads there, so the thousandth page costs what the first does. */
import type { Knex } from 'knex';
import { byteByByte, integer } from './filters.ts';
import { cursorOf, type Order, type Place, placeOf } from './sorting.ts';

export interface Page<Row> {
  items: Row[];
  next_cursor: string | null;
  previous_cursor: string | null;
}

export async function pageOf<Row extends object>(
  rows: Knex.QueryBuilder,
  { order, limit, cursor }: { order: Order; limit: number; cursor?: string | undefined },
): Promise<Page<Row>> {
  const place = cursor === undefined ? null : placeOf(cursor);
  const isBackward = place?.before ?? false;
  const query = ordered(rows.clone(), order, place, isBackward).limit(limit + 1);
  const found: Row[] = await query;
  const hasMore = found.length > limit;
  const items = found.slice(0, limit);
  if (isBackward) items.reverse();
  const first = items[0];
  const last = items.at(-1);
  return {
    items,
    next_cursor: last && (hasMore || isBackward) ? cursorAt(order, last, false) : null,
    previous_cursor: first && (isBackward ? hasMore : place !== null) ? cursorAt(order, first, true) : null,
  };
}

/** The rows after a place (before it, when `isBackward`), nearest first. */
export function ordered(
  query: Knex.QueryBuilder,
  { column, key, walked = key, descending, byBytes }: Order,
  place: Place | null,
  isBackward = false,
): Knex.QueryBuilder {
  const direction = descending === isBackward ? 'asc' : 'desc';
  const sign = direction === 'asc' ? '>' : '<';
  const bound = (value: Place['value']) => (typeof value === 'number' ? integer(query)(value) : value);
  if (column === null || column === key) {
    if (place) query.where(walked, sign, bound(place.key) ?? '');
    return query.orderBy(walked, direction);
  }
  const text = byBytes ? byteByByte(query) : '??';
  // Row values are compared by one index over both columns (SQLite and PostgreSQL alike).
  if (place) query.whereRaw(`(${text}, ??) ${sign} (?, ?)`, [column, key, bound(place.value), bound(place.key)]);
  return query.orderByRaw(`${text} ${direction}`, [column]).orderBy(key, direction);
}

/** Beside a row, which holds the order's columns under their own names. */
export function cursorAt(order: Order, row: object, before: boolean): string {
  const values = new Map<string, unknown>(Object.entries(row));
  const value = order.column === null ? null : values.get(bare(order.column));
  if (value === undefined) throw new Error(`The rows of a list lack its column '${order.column}'`);
  return cursorOf({
    wish: order.wish,
    before,
    value: scalar(value, order.holds.value),
    key: scalar(values.get(bare(order.key)), order.holds.key) ?? 0,
  });
}

function scalar(value: unknown, kind: 'string' | 'number' | null): string | number | null {
  if (kind === null || value === null) return null;
  return kind === 'number' ? Number(value) : String(value);
}

/** The name of a column without its table. */
function bare(column: string): string {
  return column.slice(column.lastIndexOf('.') + 1);
}
