/** What the fields of a resource are in a body, in a row and as they are shown. */
import Type, { type TObject, type TSchema } from 'typebox';
import { versionOf } from '../http/versions.ts';
import { isoSeconds } from '../iso-time.ts';
import type { ListColumn } from '../lists/columns.ts';

export interface ResourceField<S extends TSchema = TSchema> {
  /** What may be written, with its bounds: they stand in the document and hold in the form. */
  schema: S;
  /** What it is where a new one does not say. Without it, it has to be said. */
  default?: unknown;
  /** Said as it is made, and never changed. */
  isFixed?: true;
  /** Never said: what `before` or another writer puts there. */
  isShownOnly?: true;
  /** In the database; default: the name of the field. */
  column?: string;
  /** How it lies there, where not as it is: `json` as a text, `flag` as 0 or 1. */
  as?: 'json' | 'flag';
  /** As it is shown, where that is more than what is written without its bounds. */
  shown?: TSchema;
  /** What the list does with it. */
  list?: Omit<ListColumn, 'column'>;
}

export type ResourceFields = Readonly<Record<string, ResourceField>>;
export type Stamp = 'created_at' | 'updated_at';

/** The body of a new one, or of a change, which may leave out everything. */
export function bodyOf(fields: ResourceFields, verb: 'create' | 'change'): TObject {
  const said = Object.entries(fields).filter(
    ([, { isFixed, isShownOnly }]) => !isShownOnly && (verb === 'create' || !isFixed),
  );
  const property = ({ schema, default: usual }: ResourceField) => {
    if (verb === 'create' && usual === undefined) return schema;
    // A form shows a switch as it is without being touched.
    return Type.Optional(verb === 'create' && usual === true ? { ...schema, default: true } : schema);
  };
  return Type.Object(Object.fromEntries(said.map(([name, field]) => [name, property(field)])));
}

export function viewSchemaOf(fields: ResourceFields, stamps: readonly Stamp[], id: string): TObject {
  const shown = Object.entries(fields).map(
    ([name, { schema, isShownOnly, shown = isShownOnly ? schema : bare(schema) }]) => [name, shown],
  );
  return Type.Object({
    [id]: Type.String(),
    ...Object.fromEntries(shown),
    ...Object.fromEntries(stamps.map((stamp) => [stamp, Type.String()])),
    version: Type.String({ description: 'For `If-Match` of a change' }),
  });
}

/** What is written of a wish: all columns of a new one, of a change those that it names. */
export function cellsOf(
  fields: ResourceFields,
  wish: Readonly<Record<string, unknown>>,
  verb: 'create' | 'change',
): Record<string, unknown> {
  const cells: Record<string, unknown> = {};
  for (const [name, { column = name, default: usual, as }] of Object.entries(fields)) {
    const value = wish[name] === undefined && verb === 'create' ? usual : wish[name];
    if (value !== undefined) cells[column] = storedCell(value, as);
  }
  return cells;
}

export function viewOf(
  row: object,
  options: {
    fields: ResourceFields;
    stamps: readonly Stamp[];
    id: { column: string; name: string };
    time?: (ms: number) => string;
  },
): Record<string, unknown> {
  const { fields, stamps, id, time = isoSeconds } = options;
  const cells = row as Record<string, unknown>;
  const view: Record<string, unknown> = { [id.name]: cells[id.column] };
  for (const [name, { column = name, as }] of Object.entries(fields)) view[name] = shownValue(cells[column], as);
  for (const stamp of stamps) view[stamp] = time(Number(cells[stamp]));
  view.version = versionOf(row);
  return view;
}

function storedCell(value: unknown, as: ResourceField['as']): unknown {
  if (as === 'json') return value === null ? null : JSON.stringify(value);
  return as === 'flag' ? Number(value) : value;
}

function shownValue(cell: unknown, as: ResourceField['as']): unknown {
  if (as === 'json') return cell === null ? null : JSON.parse(String(cell));
  // A column of type boolean gives 1 on SQLite, and true on PostgreSQL.
  return as === 'flag' ? Boolean(cell) : cell;
}

/** Bounds and sentences are for who writes. */
const BOUNDS = new Set([
  'minLength',
  'maxLength',
  'pattern',
  'format',
  'minimum',
  'maximum',
  'exclusiveMinimum',
  'exclusiveMaximum',
  'multipleOf',
  'minItems',
  'maxItems',
  'uniqueItems',
  'minProperties',
  'maxProperties',
  'default',
  'description',
]);

/** The schema of what is shown: that of what is written, without its bounds. */
function bare(schema: TSchema): TSchema {
  const kept = Object.entries(schema).filter(([keyword]) => !BOUNDS.has(keyword));
  return Object.fromEntries(kept.map(([keyword, value]) => [keyword, withoutBounds(keyword, value)])) as TSchema;
}

function withoutBounds(keyword: string, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((one) => withoutBounds('', one));
  if (typeof value !== 'object' || value === null) return value;
  if (!/^(properties|patternProperties)$/.test(keyword)) return bare(value as TSchema);
  // Names, which may be called as a keyword is.
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, bare(one as TSchema)]));
}
