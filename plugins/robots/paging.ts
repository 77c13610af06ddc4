/** Pages by number, as the WorkBot document asks for them. */
import type { Knex } from 'knex';
import Type, { type TSchema } from 'typebox';
import { numberedPage } from '#core/kit.ts';

export const PageNumber = {
  page: Type.Optional(Type.Integer({ minimum: 1, maximum: 10_000, default: 1, description: 'Number of the page' })),
  pageSize: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, default: 20, description: 'Rows on a page' })),
};

export const ListOf = (item: TSchema) => Type.Object({ total: Type.Integer(), list: Type.Array(item) });

/** One page of a query that brings its own order. */
export async function numbered<Row extends object>(
  query: Knex.QueryBuilder,
  { page = 1, pageSize = 20 }: { page?: number; pageSize?: number },
): Promise<{ total: number; rows: Row[] }> {
  const { items, total } = await numberedPage<Row>(query, { page, page_size: pageSize });
  return { total, rows: items };
}
