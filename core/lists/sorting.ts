/** The order of a list, and cursors, which are places in it. */
import { coreErrors } from '../errors.ts';
import type { ListColumn } from './columns.ts';

/** Rows are ordered by the column, and where it is equal by the key: that is what makes every place in it one. */
export interface Order {
  /** As it is asked for: `-created_at`; '' for the key alone. */
  wish: string;
  /** Null for the key alone. */
  column: string | null;
  key: string;
  descending: boolean;
}

export interface Sorting {
  names: readonly string[];
  /** All that may be asked for: `email`, `-email`. */
  wishes: string[];
  /** The order that was asked for, or that of the cursor. Throws `bad_request` when they are not the same. */
  of(wish: string | undefined, cursor: string | undefined): Order;
}

export function sortingOf(columns: Readonly<Record<string, ListColumn>>, key: string, preferred = ''): Sorting {
  const names = Object.keys(columns).filter((name) => columns[name]?.sort);
  const wishes = names.flatMap((name) => [name, `-${name}`]);
  if (preferred !== '' && !wishes.includes(preferred)) {
    throw new Error(`A list cannot be sorted by '${preferred}': declare the column with \`sort: true\``);
  }
  return {
    names,
    wishes,
    of(wish, cursor) {
      const placed = cursor === undefined ? undefined : placeOf(cursor).wish;
      if (wish !== undefined && placed !== undefined && placed !== wish) {
        throw coreErrors.bad_request({ message: 'The cursor is one of another order' });
      }
      const asked = wish ?? placed ?? preferred;
      if (asked !== '' && !wishes.includes(asked)) throw unknownCursor();
      return orderOf(asked);
    },
  };

  function orderOf(wish: string): Order {
    if (wish === '') return { wish, column: null, key, descending: true };
    const name = wish.replace(/^-/, '');
    return { wish, column: columns[name]?.column ?? name, key, descending: wish.startsWith('-') };
  }
}

/** A place between two rows: beside the row with these values. */
export interface Place {
  wish: string;
  /** Whether the page ends here instead of beginning. */
  before: boolean;
  value: string | number | null;
  key: number;
}

export function cursorOf({ wish, before, value, key }: Place): string {
  return Buffer.from(JSON.stringify([2, wish, before ? 1 : 0, value, key])).toString('base64url');
}

/** Throws `bad_request` for a cursor that no list gave. */
export function placeOf(cursor: string): Place {
  const parts = parsed(Buffer.from(cursor, 'base64url').toString());
  if (!Array.isArray(parts) || parts.length !== 5 || parts[0] !== 2) throw unknownCursor();
  const [, wish, before, value, key] = parts as unknown[];
  const isValue = value === null || typeof value === 'number' || (typeof value === 'string' && !value.includes('\0'));
  if (typeof wish !== 'string' || !isValue || !Number.isSafeInteger(key)) throw unknownCursor();
  if (typeof value === 'number' && !Number.isSafeInteger(value)) throw unknownCursor();
  return { wish, before: before === 1, value: value as string | number | null, key: key as number };
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
