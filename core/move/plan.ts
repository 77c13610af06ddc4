/** Which tables and columns a move copies, by what both sides have; and why it cannot, in a sentence. */

import { ownerOfTable } from '../database/migrations.ts';
import { OWN_TABLES } from '../database/postgres-dump.ts';
import { ConfigError } from '../errors.ts';
import { type Column, kindOfDeclared } from './kinds.ts';
import { NOTES, type ShapeColumn, type TableShape } from './shapes.ts';

export interface PlannedTable {
  name: string;
  columns: Column[];
}

export interface Plan {
  tables: PlannedTable[];
  /** Tables of the source that are nobody's here, and stay there. */
  left: string[];
}

export interface PlanParts {
  source: readonly TableShape[];
  target: readonly TableShape[];
  /** `core` and the plugins that are on. */
  owners: readonly string[];
  /** Plugins whose tables stay behind, as was asked for. */
  without: readonly string[];
  /** Tables, and columns as `table.column`, that are made anew from others. */
  derived: ReadonlySet<string>;
}

const NOT_COPIED = new Set([...OWN_TABLES, NOTES]);

/** Throws a ConfigError when something would be lost. */
export function planOf({ source, target, owners, without, derived }: PlanParts): Plan {
  const isCopied = ({ name }: TableShape): boolean => !NOT_COPIED.has(name) && !derived.has(name);
  const [from, to] = [byName(source.filter(isCopied)), byName(target.filter(isCopied))];
  const tables: PlannedTable[] = [];
  for (const [name, shape] of to) {
    const given = from.get(name);
    if (given) tables.push({ name, columns: columnsOf(given, shape, derived) });
    // An index of words that no plugin has declared is empty there, as after its migration.
    else if (!shape.holdsWords) throw new ConfigError(`The database has no table ${name}, which the other one has`);
  }
  const left = [...from.values()].filter((shape) => !to.has(shape.name) && !shape.holdsWords).map(({ name }) => name);
  const known = [...owners, ...without];
  const lost = left.find((name) => owners.includes(ownerOfTable(name, known) ?? ''));
  if (lost) {
    throw new ConfigError(
      `The other database has no place for the table ${lost}: its plugin makes it on one kind only`,
    );
  }
  return { tables, left };
}

function columnsOf(source: TableShape, target: TableShape, derived: ReadonlySet<string>): Column[] {
  const isCopied = ({ name, isDerived }: ShapeColumn): boolean => !isDerived && !derived.has(`${source.name}.${name}`);
  const given = new Map(source.columns.filter(isCopied).map((column) => [column.name, column]));
  const wanted = target.columns.filter(isCopied);
  const names = new Set(wanted.map(({ name }) => name));
  const strange =
    [...given.keys()].find((name) => !names.has(name)) ?? wanted.find(({ name }) => !given.has(name))?.name;
  if (strange) throw new ConfigError(`The column ${source.name}.${strange} is in one of both databases alone`);
  return wanted.map(({ name, kind, scale, declared = '' }) => {
    const other = given.get(name);
    return {
      name,
      kind: kind ?? other?.kind ?? kindOfDeclared(declared),
      scale: scale ?? other?.scale ?? null,
    };
  });
}

function byName(shapes: readonly TableShape[]): Map<string, TableShape> {
  const sorted = shapes.toSorted((one, other) => (one.name < other.name ? -1 : 1));
  return new Map(sorted.map((shape) => [shape.name, shape]));
}
