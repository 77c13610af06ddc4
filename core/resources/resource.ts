/**
 * Resources: rows that people make, see, change and remove, declared by their fields. Routes with their schemas, the list
 * with its filters, versions (412), names that are taken (409) and what is not there (404) follow from that, the same for
 * all. There is no query language, there are no relations, and no verb is computed: a set of rows that needs more than the two
 * hooks is written out with `route` and `listRoute`.
 */
import type { Knex } from 'knex';
import type { Tables } from 'knex/types/tables.js';
import Type, { type Static, type TObject, type TUnsafe } from 'typebox';
import type { ScopedAccess } from '../access/access.ts';
import type { Principal } from '../access/principal.ts';
import { isUniqueViolation } from '../database/database-errors.ts';
import type { Transaction } from '../database/transactions.ts';
import { type AppError, coreErrors } from '../errors.ts';
import { reply } from '../http/reply.ts';
import { type Route, route } from '../http/route.ts';
import { IF_MATCH, type Precondition, preconditionOf, versioned } from '../http/versions.ts';
import type { ListColumn } from '../lists/columns.ts';
import { type ListDefinition, listRoute } from '../lists/list.ts';
import type { Services } from '../services.ts';
import { bodyOf, cellsOf, type ResourceFields, type Stamp, viewOf, viewSchemaOf } from './fields.ts';

/** What every row of a resource has. */
export interface ResourceRow {
  id: number;
  created_at: number;
  updated_at: number;
}

export type ResourceVerb = 'list' | 'find' | 'create' | 'change' | 'remove';

/** What somebody wants of it: all that has to be said of a new one, anything of a change. */
export type Wish<F extends ResourceFields> = { [N in keyof F]?: Static<F[N]['schema']> };

/** Rows of a table that is declared; else what every row of a tenant's resource has. */
type RowOf<T extends string> = ResourceRow &
  (T extends keyof Tables ? Tables[T] : { uuid: string; tenant_id: string; [column: string]: unknown });

/** The change that is under way, in its transaction. */
export interface ResourceChange<Row> {
  verb: 'create' | 'change' | 'remove';
  trx: Transaction;
  /** As it was, locked; null for a new one. */
  row: Row | null;
  /** Columns by which it is found, or that a new one gets. */
  whose: Partial<Row>;
  principal: Principal;
}

/** What somebody asks of it on a route of its own. */
interface Asked<Row> {
  principal: Principal;
  /** Columns by which it is found, or that a new one gets; default: as `seen` and `owner` say. */
  whose?: Partial<Row>;
}

export interface ResourceDefinition<T extends string, F extends ResourceFields> {
  /** `/api/platform/robots/quick-replies` */
  path: string;
  table: T;
  tag?: string;
  read: ScopedAccess;
  write: ScopedAccess;
  fields: F;
  /** The routes that there are; each has a sentence. */
  summaries: Partial<Record<ResourceVerb, string>>;
  errors: {
    notFound(): AppError;
    /** Another row has the name already; without it no column is unique. */
    exists?(): AppError;
  };
  /** How many an owner may have, with those that are not there any more (`where`) until they are gone; counted after `before`. */
  most?: { rows: number; error(): AppError };
  /** Of each row, and what it is called where it is shown; default: its uuid, as `id`. */
  id?: { column: keyof RowOf<T> & string; name: string; create(): string };
  /** What is shown beside the fields: when it was made and changed, as seconds. */
  stamps?: readonly Stamp[];
  /** Times as they are shown; default: to the second. */
  time?(ms: number): string;
  /** Columns that say whose a new one is; default: the tenant of the caller, in `tenant_id`. */
  owner?(principal: Principal): Partial<RowOf<T>>;
  /** Columns by which the caller's are found; default: those of the owner. */
  seen?(principal: Principal): Partial<RowOf<T>>;
  /** Which of them are there; default: all. */
  where?: Partial<RowOf<T>>;
  /** What the list filters and sorts by beside the fields. */
  columns?: Record<string, ListColumn>;
  sort?: string;
  search?: ListDefinition<ScopedAccess, undefined, TObject, RowOf<T>>['search'];
  /** Before a row is written: throws what forbids it, gives further cells. Locks what is locked before the row. */
  before?(
    wish: Wish<F>,
    change: ResourceChange<RowOf<T>>,
    services: Services,
  ): Promise<Partial<RowOf<T>>> | Partial<RowOf<T>> | Promise<void> | void;
  /** After it was written, in the same transaction: what belongs to it elsewhere. */
  after?(row: RowOf<T>, change: ResourceChange<RowOf<T>>, services: Services): Promise<void> | void;
}

/** With what its routes do, for those of one's own: each throws what they do. */
export interface Resource<Row, F extends ResourceFields = ResourceFields> {
  routes: Route[];
  /** As it is shown, for `schemas`. */
  schema: TObject;
  /** What is said of a new one, and of a change. */
  bodies: Record<'create' | 'change', TUnsafe<Wish<F>>>;
  /** One as it is shown. */
  view(row: Row): Record<string, unknown>;
  find(whose: Partial<Row>, id: string, services: Pick<Services, 'db'>): Promise<Row>;
  create(asked: Asked<Row> & { wish: Wish<F> }, services: Services): Promise<Row>;
  change(asked: Asked<Row> & { id: string; wish: Wish<F>; unchanged: Precondition }, services: Services): Promise<Row>;
  remove(asked: Asked<Row> & { id: string; unchanged?: Precondition }, services: Services): Promise<void>;
}

const Id = Type.Object({ id: Type.String({ minLength: 1, maxLength: 40 }) });

/** Declares a resource. */
export function resource<T extends string, const F extends ResourceFields>(
  definition: ResourceDefinition<T, F>,
): Resource<RowOf<T>, F> {
  type Row = RowOf<T>;
  type Shape = Resource<Row, F>;
  const { path, table, tag, read, write, fields, errors, summaries } = definition;
  const { most, stamps = ['created_at'], time, where = {} } = definition;
  const id = definition.id ?? { column: 'uuid' as keyof Row & string, name: 'id', create: () => crypto.randomUUID() };
  const ownerOf = definition.owner ?? (tenantOf as unknown as (principal: Principal) => Partial<Row>);
  const seenBy = definition.seen ?? ownerOf;
  const schema = viewSchemaOf(fields, stamps, id.name);
  const view = (row: Row) => viewOf(row, { fields, stamps, time, id });
  const bodies = { create: bodyOf(fields, 'create'), change: bodyOf(fields, 'change') } as unknown as Shape['bodies'];
  const routes: Record<ResourceVerb, () => Route> = {
    list: () =>
      listRoute({
        ...common('list', read),
        item: schema,
        columns: { ...columnsOf(fields), ...definition.columns },
        sort: definition.sort,
        search: definition.search,
        rows: ({ principal }, { db }) => rowsOf(db.read, seenBy(principal)),
        items: (rows: Row[]) => rows.map(view),
      }),
    create: () =>
      route({
        method: 'POST',
        ...common('create', write),
        body: bodies.create,
        responses: { 201: schema },
        handler: async ({ body: wish, principal }, services) => shown(await create({ wish, principal }, services), 201),
      }),
    find: () =>
      route({
        method: 'GET',
        ...common('find', read, `${path}/{id}`),
        params: Id,
        responses: { 200: schema },
        handler: async ({ params, principal }, services) => shown(await find(seenBy(principal), params.id, services)),
      }),
    change: () =>
      route({
        method: 'PATCH',
        ...common('change', write, `${path}/{id}`),
        params: Id,
        body: bodies.change,
        requestHeaders: IF_MATCH,
        responses: { 200: schema },
        handler: async ({ params, body: wish, principal, ctx }, services) =>
          shown(await change({ ...params, wish, unchanged: preconditionOf(ctx), principal }, services)),
      }),
    remove: () =>
      route({
        method: 'DELETE',
        ...common('remove', write, `${path}/{id}`),
        params: Id,
        requestHeaders: IF_MATCH,
        responses: { 204: null },
        async handler({ params, principal, ctx }, services) {
          await remove({ ...params, unchanged: preconditionOf(ctx), principal }, services);
          return reply(204);
        },
      }),
  };
  const verbs = (Object.keys(routes) as ResourceVerb[]).filter((verb) => summaries[verb] !== undefined);
  return { routes: verbs.map((verb) => routes[verb]()), schema, bodies, view, find, create, change, remove };

  function common<A extends ScopedAccess>(verb: ResourceVerb, access: A, at = path) {
    return { path: at, access, tag, summary: summaries[verb] ?? '' };
  }

  function shown(row: Row, status = 200) {
    return versioned(row, view(row), status);
  }

  function rowsOf(on: Knex, owner: Partial<Row>): Knex.QueryBuilder {
    return on(table as string).where({ ...owner, ...where });
  }

  async function find(whose: Partial<Row>, wanted: string, { db }: Pick<Services, 'db'>): Promise<Row> {
    const row = await rowsOf(db.read, whose).where(id.column, wanted).first();
    if (!row) throw errors.notFound();
    return row;
  }

  async function locked(trx: Transaction, whose: Partial<Row>, wanted: string): Promise<Row> {
    const row = await rowsOf(trx, whose).where(id.column, wanted).forUpdate().first();
    if (!row) throw errors.notFound();
    return row;
  }

  function create(asked: Parameters<Shape['create']>[0], services: Services): Promise<Row> {
    const { principal, wish, whose = ownerOf(principal) } = asked;
    const { db, clock } = services;
    return named(
      db.transaction(async (trx) => {
        const under = { verb: 'create', trx, row: null, whose, principal } as const;
        const further = await definition.before?.(wish, under, services);
        if (most) await refuseMore(trx, whose, most);
        const now = clock.now();
        const cells = {
          ...whose,
          [id.column]: id.create(),
          ...cellsOf(fields, wish, 'create'),
          ...further,
          created_at: now,
          updated_at: now,
        };
        const [row]: Row[] = await trx(table as string)
          .insert(cells)
          .returning('*');
        if (!row) throw new Error(`A row of ${table} was not stored`);
        await definition.after?.(row, under, services);
        return row;
      }),
    );
  }

  function change(asked: Parameters<Shape['change']>[0], services: Services): Promise<Row> {
    const { principal, wish, whose = seenBy(principal) } = asked;
    return named(
      services.db.transaction(async (trx) => {
        const row = await locked(trx, whose, asked.id);
        asked.unchanged(row);
        const under = { verb: 'change', trx, row, whose, principal } as const;
        const cells = {
          ...cellsOf(fields, wish, 'change'),
          ...(await definition.before?.(wish, under, services)),
          // Two changes of one millisecond are two versions.
          updated_at: Math.max(services.clock.now(), row.updated_at + 1),
        };
        await trx(table as string)
          .where({ id: row.id })
          .update(cells);
        const changed = { ...row, ...cells };
        await definition.after?.(changed, under, services);
        return changed;
      }),
    );
  }

  async function remove(asked: Parameters<Shape['remove']>[0], services: Services): Promise<void> {
    const { principal, whose = seenBy(principal) } = asked;
    await services.db.transaction(async (trx) => {
      const row = await locked(trx, whose, asked.id);
      asked.unchanged?.(row);
      const under = { verb: 'remove', trx, row, whose, principal } as const;
      await definition.before?.({}, under, services);
      await trx(table as string)
        .where({ id: row.id })
        .delete();
      await definition.after?.(row, under, services);
    });
  }

  async function refuseMore(trx: Transaction, whose: Partial<Row>, { rows, error }: NonNullable<typeof most>) {
    const counted = await trx(table as string)
      .where(whose)
      .count({ value: '*' })
      .first();
    if (Number(counted?.value ?? 0) >= rows) throw error();
  }

  async function named(work: Promise<Row>): Promise<Row> {
    try {
      return await work;
    } catch (error) {
      throw errors.exists && isUniqueViolation(error) ? errors.exists() : error;
    }
  }
}

function tenantOf({ tenantId }: Principal): { tenant_id: string } {
  if (tenantId === null) throw coreErrors.no_tenant();
  return { tenant_id: tenantId };
}

function columnsOf(fields: ResourceFields): Record<string, ListColumn> {
  return Object.fromEntries(
    Object.entries(fields).flatMap(([name, { list, column }]) =>
      list ? [[name, { ...list, ...(column !== undefined && { column }) }]] : [],
    ),
  );
}
