/** Lists in pages: by cursor for everything new, by page number where a dialect asks for it. */
import type { Knex } from 'knex';
import Type from 'typebox';
import { coreErrors } from '../errors.ts';
import { totalOf } from './totals.ts';

export interface CursorPage<T> {
  items: T[];
  next_cursor: string | null;
}

/**
 * One page of a query, newest first by an integer key that never changes.
 * Costs one indexed query, however deep the page. Throws `bad_request` for a cursor it did not make.
 */
export async function cursorPage<T extends object>(
  query: Knex.QueryBuilder,
  options: { key: keyof T & string; column?: string; limit?: number; cursor?: string },
): Promise<CursorPage<T>> {
  const limit = options.limit ?? 50;
  const column = options.column ?? options.key;
  if (options.cursor) query.where(column, '<', decodeCursor(options.cursor));
  const rows: T[] = await query.orderBy(column, 'desc').limit(limit + 1);
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return { items, next_cursor: rows.length > limit && last ? encodeCursor(Number(last[options.key])) : null };
}

function encodeCursor(key: number): string {
  return Buffer.from(`1:${key}`).toString('base64url');
}

function decodeCursor(cursor: string): number {
  const match = /^1:(\d{1,15})$/.exec(Buffer.from(cursor, 'base64url').toString('latin1'));
  if (!match) throw coreErrors.bad_request({ message: 'The cursor is not one that a list gave' });
  return Number(match[1]);
}

/** Query of a list by page number. Pages end at 10 000: beyond it, search or filter. */
export const PageQuery = {
  page: Type.Optional(
    Type.Integer({ title: 'Page', minimum: 1, maximum: 10_000, default: 1, description: 'Number of the page' }),
  ),
  page_size: Type.Optional(
    Type.Integer({ title: 'PageSize', minimum: 1, maximum: 200, default: 50, description: 'Rows on a page' }),
  ),
};

export interface NumberedPage<T> {
  items: T[];
  total: number;
  page: number;
  page_size: number;
}

/** One page by number with the total, which totals.ts counts. The query brings its own order. */
export async function numberedPage<T extends object>(
  query: Knex.QueryBuilder,
  { page = 1, page_size = 50 }: { page?: number; page_size?: number },
): Promise<NumberedPage<T>> {
  const [items, total] = await Promise.all([
    query
      .clone()
      .limit(page_size)
      .offset((page - 1) * page_size) as Promise<T[]>,
    totalOf(query),
  ]);
  return { items, total, page, page_size };
}

/** Escapes a user's text for LIKE with `escape '\'`. */
export function likePattern(text: string): string {
  return `%${text.replace(/[\\%_]/g, (character) => `\\${character}`)}%`;
}
