/**
 * Lists: everything that `/api/platform` shows in rows. A list is declared by its columns; filter, search, sort, cursors
 * both ways, the total and CSV follow from that, the same for all. One page costs one indexed query, however deep.
 */
import type { Knex } from 'knex';
import Type, { type Static, type TObject } from 'typebox';
import type { Access } from '../access/access.ts';
import type { Principal } from '../access/principal.ts';
import { reply } from '../http/reply.ts';
import { type Route, type RouteRequest, route } from '../http/route.ts';
import type { Services } from '../services.ts';
import type { ListColumn } from './columns.ts';
import { csvOf } from './csv.ts';
import { type Filters, filtered, filterQuery, refuseNul } from './filters.ts';
import { pageOf } from './page.ts';
import { sortingOf } from './sorting.ts';

type Request<A extends Access, P extends TObject | undefined> = Omit<
  RouteRequest<A, P extends TObject ? Static<P> : undefined, unknown, undefined>,
  'query'
> & {
  /** What is filtered by, as it was asked for. The list does that itself: this is for finding the rows faster. */
  query: Filters;
};

export interface ListDefinition<
  A extends Access,
  P extends TObject | undefined,
  I extends TObject,
  Row extends object,
> {
  path: string;
  access: A;
  summary: string;
  description?: string;
  tag?: string;
  params?: P;
  /** What one row looks like. */
  item: I;
  /**
   * The column that ends the order, unique among rows that are equal in what they are sorted by; default `id`. With its
   * table where several are joined.
   */
  key?: string;
  /** Of the key; default `integer`. */
  keyType?: 'integer' | 'text';
  columns: Record<string, ListColumn>;
  /**
   * Order when none is asked for: `-created_at` is newest first; default: by the key, newest first. A column that `orders`
   * goes before it where it is filtered by.
   */
  sort?: string;
  /** Rows that the words are found in. Without it there is no `search`. */
  search?: {
    description: string;
    find(rows: Knex.QueryBuilder, text: string, services: Services, request: Request<A, P>): void | Promise<void>;
    /** The column that stands for the key in the order, where what is found comes out of another index in its order. */
    key?(services: Services): string;
  };
  /** The rows that the caller may see, with all columns that `items` needs; not ordered. */
  rows(request: Request<A, P>, services: Services): Knex.QueryBuilder | Promise<{ query: Knex.QueryBuilder }>;
  /** Rows as they are shown, in the same order. Gets a page at once, so that it may read what belongs to them. */
  items(rows: Row[], services: Services, request: Request<A, P>): Static<I>[] | Promise<Static<I>[]>;
}

const MAX_LIMIT = 200;
/** Beyond so many, a total is no longer counted. */
export const COUNTED_ROWS = 10_000;

const Cursor = Type.Union([Type.String(), Type.Null()]);
export const ListTotal = Type.Object(
  {
    value: Type.Integer(),
    relation: Type.Enum(['exact', 'at_least'], { description: `Above ${COUNTED_ROWS} rows are not counted` }),
  },
  { description: 'With the first page alone' },
);

/** Declares the route of a list. */
export function listRoute<
  const A extends Access,
  I extends TObject,
  Row extends object,
  P extends TObject | undefined = undefined,
>(definition: ListDefinition<A, P, I, Row>): Route {
  const { columns, key = 'id', keyType, search } = definition;
  const sorting = sortingOf(columns, { key, keyType, preferred: definition.sort });
  const parameters = {
    limit: Type.Optional(
      Type.Integer({ title: 'ListLimit', minimum: 1, maximum: MAX_LIMIT, default: 50, description: 'Rows on a page' }),
    ),
    cursor: Type.Optional(
      Type.String({
        title: 'ListCursor',
        maxLength: 1000,
        description: '`next_cursor` or `previous_cursor` of another page',
      }),
    ),
    ...(sorting.names.length > 0 && {
      sort: Type.Optional(Type.Enum(sorting.wishes, { description: 'Field to sort by; with `-`, the greatest first' })),
    }),
    ...(search && {
      search: Type.Optional(Type.String({ minLength: 1, maxLength: 200, description: search.description })),
    }),
    format: Type.Optional(
      Type.Enum(['json', 'csv'], { title: 'ListFormat', description: '`csv`: all rows, as they are read' }),
    ),
    ...filterQuery(columns),
  };
  // A filter that is misspelt would show everything.
  const query = Type.Object(parameters, { additionalProperties: false });
  const page = Type.Object({
    items: Type.Array(definition.item),
    next_cursor: Cursor,
    previous_cursor: Cursor,
    total: Type.Optional(ListTotal),
  });
  const { path, access, summary, description, tag, params, item } = definition;
  return route({
    method: 'GET',
    path,
    access,
    summary,
    description,
    tag,
    params,
    query,
    responses: { 200: page },
    produces: ['text/csv'],
    async handler(request, services: Services) {
      const wish = request.query as Wish;
      const { query: rows } = await rowsOf(definition, request as never, services);
      filtered(rows, columns, wish as Filters, services);
      refuseNul('search', wish.search);
      if (wish.search !== undefined) await search?.find(rows, wish.search, services, request as never);
      const walked = wish.search === undefined ? undefined : search?.key?.(services);
      const begun = columnOfBeginning(columns, wish as Filters);
      const usual = begun !== undefined && columns[begun]?.orders ? begun : undefined;
      const sort = wish.sort ?? (wish.cursor === undefined ? usual : undefined);
      const order = { ...sorting.of(sort, wish.cursor, begun), ...(walked !== undefined && { walked }) };
      const shown = async (found: Row[]) => definition.items(found, services, request as never);
      if (wish.format === 'csv')
        return csvReply(
          path,
          csvOf({ lane: laneOf(request.principal), rows, order, fields: Object.keys(item.properties), shown }),
        );
      const limit = wish.limit ?? 50;
      const { items, ...cursors } = await pageOf<Row>(rows, { order, limit, cursor: wish.cursor });
      const total = wish.cursor === undefined ? { total: await totalOf(rows, walked) } : {};
      return { items: await shown(items), ...cursors, ...total };
    },
  });
}

/** The column whose beginning is filtered by: its rows lie beside each other in the order of their characters. */
function columnOfBeginning(columns: Record<string, ListColumn>, filters: Filters): string | undefined {
  return Object.keys(columns).find(
    (name) => columns[name]?.filter === 'prefix' && !columns[name].narrow && filters[name] !== undefined,
  );
}

interface Wish {
  limit?: number;
  cursor?: string;
  sort?: string;
  search?: string;
  format?: 'json' | 'csv';
}

async function rowsOf<A extends Access, P extends TObject | undefined, I extends TObject, Row extends object>(
  definition: ListDefinition<A, P, I, Row>,
  request: Request<A, P>,
  services: Services,
): Promise<{ query: Knex.QueryBuilder }> {
  const found = definition.rows(request, services);
  // A builder is a promise of its rows: waiting for it would read them.
  return found instanceof Promise ? found : { query: found };
}

/**
 * Counted up to a bound, so that it costs the same for a million rows; what is found in the newest is counted from there
 * (`walked`), for it may be rare in what is old.
 */
async function totalOf(rows: Knex.QueryBuilder, walked: string | undefined): Promise<Static<typeof ListTotal>> {
  const some = rows
    .clone()
    .clearSelect()
    .clearOrder()
    .select(rows.client.raw('1 as one'))
    .limit(COUNTED_ROWS + 1);
  if (walked !== undefined) some.orderBy(walked, 'desc');
  const [counted] = await rows.client.queryBuilder().from(some.as('some')).count({ value: '*' });
  const value = Number(counted?.value ?? 0);
  return value > COUNTED_ROWS ? { value: COUNTED_ROWS, relation: 'at_least' } : { value, relation: 'exact' };
}

/** Whose exports take turns with those of others: the tenant's, or of who has none. */
function laneOf(principal: Principal | null): string {
  return principal?.tenantId ?? principal?.id ?? '';
}

function csvReply(path: string, csv: NodeJS.ReadableStream) {
  const name = `${
    path
      .split('/')
      .filter((part) => part !== '' && !part.startsWith('{'))
      .at(-1) ?? 'list'
  }.csv`;
  return reply(200, csv, {
    'content-type': 'text/csv; charset=utf-8',
    'content-disposition': `attachment; filename="${name}"`,
  });
}
