/** Filters of lists: what the query may ask for, and how it is asked of the database. */
import type { Knex } from 'knex';
import Type, { type TProperties, type TSchema } from 'typebox';
import { coreErrors } from '../errors.ts';
import type { Services } from '../services.ts';
import type { ColumnType, ListColumn } from './columns.ts';

export type Filters = Readonly<Record<string, unknown>>;
type Columns = Readonly<Record<string, ListColumn>>;

const MAX_VALUES = 50;
const MAX_TEXT = 500;
const LAST = '\u{10ffff}';

/** The query parameters of the columns that can be filtered by. */
export function filterQuery(columns: Columns): TProperties {
  const parameters: [string, TSchema][] = Object.entries(columns).flatMap(([name, column]) =>
    parametersOf(name, column),
  );
  return Object.fromEntries(parameters.map(([name, schema]) => [name, Type.Optional(schema)]));
}

function parametersOf(name: string, { type, filter, values, description, narrow }: ListColumn): [string, TSchema][] {
  const about = description === undefined ? {} : { description };
  if (filter === 'prefix')
    return [[name, Type.String({ maxLength: MAX_TEXT, description: description ?? 'Its beginning' })]];
  if (filter === 'range') {
    const schema = type === 'time' ? Type.String({ format: 'date-time' }) : Type.Integer();
    return [
      [`${name}_from`, { ...schema, description: `${name}: this or later` }],
      [`${name}_to`, { ...schema, description: `${name}: before this` }],
    ];
  }
  if (filter !== 'equals') return [];
  if (type === 'boolean') return [[name, Type.Boolean(about)]];
  if (narrow && !values) return [[name, Type.String({ minLength: 1, maxLength: MAX_TEXT, ...about })]];
  const which = values ? `One or several of ${values.join(', ')}, between commas` : 'One or several, between commas';
  return [[name, Type.String({ maxLength: MAX_TEXT, description: description ? `${description}. ${which}` : which })]];
}

/** Narrows the rows. Throws `validation_error` for values that cannot be. */
export function filtered(rows: Knex.QueryBuilder, columns: Columns, filters: Filters, services: Services): void {
  for (const [name, column] of Object.entries(columns)) {
    const target = column.column ?? name;
    if (column.filter === 'range') range(rows, target, column.type, name, filters);
    const given = filters[name];
    if (given === undefined) continue;
    refuseNul(name, given);
    if (column.narrow && !column.values) {
      column.narrow(rows, [String(given)], services);
      continue;
    }
    if (column.filter === 'prefix') whereBeginning(rows, target, String(given));
    if (column.filter === 'equals') equal(rows, target, name, column, given, services);
  }
}

/** PostgreSQL takes no text with a NUL, and nothing holds one. Throws `validation_error`. */
export function refuseNul(name: string, given: unknown): void {
  if (typeof given === 'string' && given.includes('\0')) throw wrong(name, 'must not hold a NUL character');
}

function equal(
  rows: Knex.QueryBuilder,
  target: string,
  name: string,
  { type, values, narrow }: ListColumn,
  given: unknown,
  services: Services,
): void {
  if (type === 'boolean') return void rows.whereRaw(`?? = ${given === true ? 1 : 0}`, [target]);
  const wanted = String(given).split(',', MAX_VALUES + 1);
  if (wanted.length > MAX_VALUES) throw wrong(name, `takes at most ${MAX_VALUES} values`);
  const unknown = values && wanted.find((one) => !values.includes(one));
  if (unknown !== undefined) throw wrong(name, `must be one of ${values?.join(', ')}`);
  if (narrow) return void narrow(rows, wanted, services);
  if (type === 'integer' && !wanted.every((one) => /^-?\d{1,15}$/.test(one))) throw wrong(name, 'must be an integer');
  if (type === 'integer') return void rows.whereIn(target, wanted.map(Number).map(integer(rows)));
  // Written out where they are known, because SQLite finds a partial index only where the statement shows the value.
  if (values)
    return void rows.whereIn(
      target,
      wanted.map((one) => rows.client.raw(literal(one))),
    );
  rows.whereIn(target, wanted);
}

/** One of the values that the declaration names, as SQL. */
function literal(value: string): string {
  return `'${value.replaceAll("'", "''").replaceAll('?', '\\?')}'`;
}

/** Of 64 bits whatever the column has: PostgreSQL refuses to compare one of 32 bits with a parameter that is larger. */
export function integer(rows: Knex.QueryBuilder): (value: number) => Knex.Raw {
  return (value) => rows.client.raw('cast(? as bigint)', [value]);
}

function range(rows: Knex.QueryBuilder, target: string, type: ColumnType, name: string, filters: Filters): void {
  for (const [end, sign] of [
    ['from', '>='],
    ['to', '<'],
  ] as const) {
    const given = filters[`${name}_${end}`];
    if (given === undefined) continue;
    const value = type === 'time' ? Date.parse(String(given)) : Number(given);
    // A leap second is a time by RFC 3339, and none by the clock.
    if (!Number.isSafeInteger(value))
      throw wrong(`${name}_${end}`, `must be ${type === 'time' ? 'a time' : 'smaller'}`);
    rows.where(target, sign, integer(rows)(value));
  }
}

/** Leaves what begins so; as a range, which an index answers whatever the collation. */
function whereBeginning(rows: Knex.QueryBuilder, target: string, text: string): void {
  const column = byteByByte(rows);
  rows.whereRaw(`${column} >= ? and ${column} < ?`, [target, text, target, text + LAST]);
}

/** A column, `??`, whose texts are compared byte by byte, which SQLite always does. */
export function byteByByte(rows: Knex.QueryBuilder): string {
  return rows.client.config.client === 'pg' ? '?? collate "C"' : '??';
}

function wrong(name: string, message: string): Error {
  return coreErrors.validation_error({
    message: `${name}: ${message}`,
    issues: [{ path: ['query', name], message, keyword: 'filter' }],
  });
}
