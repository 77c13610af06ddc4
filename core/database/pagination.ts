/** Lists by page number, where a dialect asks for them; others are `core/lists/`. */
import type { Knex } from 'knex';
import Type from 'typebox';
import { totalOf } from './totals.ts';

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
