/** What a list says of its columns. */
import type { Knex } from 'knex';
import type { Services } from '../services.ts';

/** How a value is kept: texts and integers as they are, booleans as 0 and 1, times as ms since the epoch. */
export type ColumnType = 'text' | 'integer' | 'boolean' | 'time';

export interface ListColumn {
  type: ColumnType;
  /** In the database, with its table where several are joined; default: the name in the list. */
  column?: string;
  description?: string;
  /**
   * `equals`: one value, or several between commas. `range`: `…_from` (included) and `…_to` (not included). `prefix`: what
   * it begins with, in lower case as it is kept.
   */
  filter?: 'equals' | 'range' | 'prefix';
  /**
   * Of what is filtered by its beginning, with values that hardly any two rows share: what is found comes in the order of the
   * column unless another is asked for, as it lies in the index. Rows without a value are never found, so it may be nullable.
   */
  orders?: boolean;
  /** The values that there are, for `equals`. */
  values?: readonly string[];
  /**
   * For `equals` and `prefix` of what no column holds as it is shown: leaves the rows that have one of these `values`, or
   * without those what was asked for, as it is.
   */
  narrow?(rows: Knex.QueryBuilder, wanted: readonly string[], services: Services): void;
  /** Whether it can be sorted by: NOT NULL, and with an index of its own followed by the key. */
  sort?: boolean;
}
