/** Filters of lists: what the query may ask for, and how it is asked of the database. */
import type { Knex } from 'knex';
import Type, { type TProperties, type TSchema } from 'typebox';
import { coreErrors } from '../errors.ts';
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

function parametersOf(name: string, { type, filter, values, description }: ListColumn): [string, TSchema][] {
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
  const which = values ? `One or several of ${values.join(', ')}, between commas` : 'One or several, between commas';
  return [[name, Type.String({ maxLength: MAX_TEXT, description: description ? `${description}. ${which}` : which })]];
}

/** Narrows the rows. Throws `bad_request` for values that cannot be. */
export function filtered(rows: Knex.QueryBuilder, columns: Columns, filters: Filters): void {
  for (const [name, column] of Object.entries(columns)) {
    const target = column.column ?? name;
    if (column.filter === 'range') range(rows, target, column.type, filters[`${name}_from`], filters[`${name}_to`]);
    const given = filters[name];
    if (given === undefined) continue;
    if (column.filter === 'prefix') beginning(rows, target, String(given));
    if (column.filter === 'equals') equal(rows, target, name, column, given);
  }
}

function equal(
  rows: Knex.QueryBuilder,
  target: string,
  name: string,
  { type, values }: ListColumn,
  given: unknown,
): void {
  if (type === 'boolean') return void rows.where(target, given === true ? 1 : 0);
  const wanted = String(given).split(',', MAX_VALUES + 1);
  if (wanted.length > MAX_VALUES) throw wrong(name, `takes at most ${MAX_VALUES} values`);
  const unknown = values && wanted.find((one) => !values.includes(one));
  if (unknown !== undefined) throw wrong(name, `must be one of ${values?.join(', ')}`);
  if (type === 'integer' && !wanted.every((one) => /^-?\d{1,15}$/.test(one))) throw wrong(name, 'must be an integer');
  rows.whereIn(target, type === 'integer' ? wanted.map(Number) : wanted);
}

function range(rows: Knex.QueryBuilder, target: string, type: ColumnType, from: unknown, to: unknown): void {
  const value = (given: unknown) => (type === 'time' ? Date.parse(String(given)) : Number(given));
  if (from !== undefined) rows.where(target, '>=', value(from));
  if (to !== undefined) rows.where(target, '<', value(to));
}

/** As a range, which an index answers whatever the collation. */
function beginning(rows: Knex.QueryBuilder, target: string, text: string): void {
  if (rows.client.config.client !== 'pg') return void rows.where(target, '>=', text).where(target, '<', text + LAST);
  rows.whereRaw('?? collate "C" >= ? and ?? collate "C" < ?', [target, text, target, text + LAST]);
}

function wrong(name: string, message: string): Error {
  return coreErrors.validation_error({ issues: [{ path: ['query', name], message, keyword: 'filter' }] });
}
