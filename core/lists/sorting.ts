/** The order of a list, and cursors, which are places in it. */
import { coreErrors } from '../errors.ts';
import type { ColumnType, ListColumn } from './columns.ts';

/** Rows are ordered by the column, and where it is equal by the key: that is what makes every place in it one. */
export interface Order {
  /** As it is asked for: `-created_at`; '' for the key alone. */
  wish: string;
  /** Null for the key alone. */
  column: string | null;
  key: string;
  /** A column with the same values as the key, whose index the rows come out of. */
  walked?: string;
  descending: boolean;
  /** Whether texts are compared byte by byte, as the index of beginnings has them. */
  byBytes: boolean;
  /** What a place in it is made of. */
  holds: { value: ColumnKind | null; key: ColumnKind };
}

type ColumnKind = 'string' | 'number';

export interface Sorting {
  names: readonly string[];
  /** All that may be asked for: `email`, `-email`. */
  wishes: string[];
  /**
   * The order that was asked for, or that of the cursor; `begun` is the column whose beginning is filtered by. Throws
   * `bad_request` when they are not the same.
   */
  of(wish: string | undefined, cursor: string | undefined, begun: string | undefined): Order;
}

export function sortingOf(
  columns: Readonly<Record<string, ListColumn>>,
  { key, keyType = 'integer', preferred = '' }: { key: string; keyType?: 'integer' | 'text'; preferred?: string },
): Sorting {
  const names = Object.keys(columns).filter((name) => columns[name]?.sort);
  const wishes = names.flatMap((name) => [name, `-${name}`]);
  if (preferred !== '' && !wishes.includes(preferred)) {
    throw new Error(`A list cannot be sorted by '${preferred}': declare the column with \`sort: true\``);
  }
  return {
    names,
    wishes,
    of(wish, cursor, begun) {
      const place = cursor === undefined ? undefined : placeOf(cursor);
      if (wish !== undefined && place !== undefined && place.wish !== wish) {
        throw coreErrors.bad_request({ message: 'The cursor is one of another order' });
      }
      const asked = wish ?? place?.wish ?? preferred;
      if (asked !== '' && !wishes.includes(asked) && !(asked === begun && columns[asked]?.orders))
        throw unknownCursor();
      const order = orderOf(asked, begun);
      if (place && !isPlaceIn(order, place)) throw unknownCursor();
      return order;
    },
  };

  function orderOf(wish: string, begun: string | undefined): Order {
    const keyKind = kindOf(keyType);
    if (wish === '')
      return { wish, column: null, key, descending: true, byBytes: false, holds: { value: null, key: keyKind } };
    const name = wish.replace(/^-/, '');
    const holds = { value: kindOf(columns[name]?.type ?? 'integer'), key: keyKind };
    const column = columns[name]?.column ?? name;
    return { wish, column, key, descending: wish.startsWith('-'), byBytes: name === begun, holds };
  }
}

function kindOf(type: ColumnType): ColumnKind {
  return type === 'text' ? 'string' : 'number';
}

/** A cursor can be made by anybody: PostgreSQL must not be asked to compare a number with a text. */
function isPlaceIn({ holds }: Order, { value, key }: Place): boolean {
  return typeof key === holds.key && (holds.value === null ? value === null : typeof value === holds.value);
}

/** A place between two rows: beside the row with these values. */
export interface Place {
  wish: string;
  /** Whether the page ends here instead of beginning. */
  before: boolean;
  value: string | number | null;
  key: string | number;
}

export function cursorOf({ wish, before, value, key }: Place): string {
  return Buffer.from(JSON.stringify([2, wish, before ? 1 : 0, value, key])).toString('base64url');
}

/** Throws `bad_request` for a cursor that no list gave. */
export function placeOf(cursor: string): Place {
  const parts = parsed(Buffer.from(cursor, 'base64url').toString());
  if (!Array.isArray(parts) || parts.length !== 5 || parts[0] !== 2) throw unknownCursor();
  const [, wish, before, value, key] = parts as unknown[];
  if (typeof wish !== 'string' || !isScalar(key) || !(value === null || isScalar(value))) throw unknownCursor();
  return { wish, before: before === 1, value, key };
}

function isScalar(value: unknown): value is string | number {
  return typeof value === 'string' ? !value.includes('\0') : Number.isSafeInteger(value);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function unknownCursor(): Error {
  return coreErrors.bad_request({ message: 'The cursor is not one that this list gave' });
}
