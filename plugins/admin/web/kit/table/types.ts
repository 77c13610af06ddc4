/** What a page says of its table; the rows are those of one list of the API (docs/lists.md). */
import type { ReactNode } from 'react';
import type { paths } from '../../client/openapi.d.ts';

/** One page of a list under `/api/platform`. */
interface ListPage {
  items: object[];
  next_cursor: string | null;
  previous_cursor: string | null;
}

/** What a GET of this path answers. */
export type AnswerOf<P extends keyof paths> = paths[P] extends {
  get: { responses: { 200: { content: { 'application/json': infer Body } } } };
}
  ? Body
  : never;

/** The paths of lists, with what stands in their braces: `/api/platform/licensing/licences/{id}/history`. */
export type ListPath = {
  [P in keyof paths]: [AnswerOf<P>] extends [never] ? never : AnswerOf<P> extends ListPage ? P : never;
}[keyof paths];

export type RowOf<P extends ListPath> = AnswerOf<P> extends { items: (infer Row extends object)[] } ? Row : never;

export interface Column<Row> {
  id: string;
  title: string;
  cell(row: Row): ReactNode;
  /** Name by which the list sorts; without it this column cannot be sorted by. */
  sort?: string;
  /** Share of the width; default 1. `time`: as wide as a day with its time of day, on every screen. */
  width?: number | 'time';
  align?: 'end';
  /** Hidden until somebody asks for it. */
  isExtra?: boolean;
  /** Shown on a telephone too; the first column always is. */
  onPhone?: boolean;
}

export type Filter =
  | { name: string; title: string; choices: readonly { value: string; label: string }[] }
  /** Texts: the beginning of an address, an exact id, as the list says. */
  | { name: string; title: string; kind: 'text' }
  /** Times from and to. */
  | { name: string; title: string; kind: 'range' };

export interface BulkAction<Row> {
  id: string;
  title: string;
  icon?: ReactNode;
  color?: string;
  /** What is asked before it is done with many; without it, it is done at once. */
  question?(count: number): string;
  /** For one row; of many, a few at a time. */
  run(row: Row): Promise<unknown>;
  /** Takes it back, for each row that it was done with; offered for a moment afterwards. */
  undo?(row: Row): Promise<unknown>;
}

export interface DataTableProps<P extends ListPath> {
  list: P;
  /** What stands in place of the braces of the path: `{ id: '…' }`. */
  at?: Readonly<Record<string, string>>;
  /** Filters that the page sets itself: `{ tenant_id: '…' }`. */
  fixed?: Readonly<Record<string, string>>;
  /** For screen readers: what the rows are. */
  label: string;
  columns: readonly Column<RowOf<P>>[];
  rowKey(row: RowOf<P>): string;
  /** The page of a row. */
  to?(row: RowOf<P>): string;
  /** What a row opens that has no page of its own. The same function at every drawing. */
  onOpen?(row: RowOf<P>): void;
  filters?: readonly Filter[];
  /** Sentence in the field for searching; without it there is none. */
  search?: string;
  defaultSort?: string;
  bulk?: readonly BulkAction<RowOf<P>>[];
  /** Live topics after which the list is read again. */
  live?: readonly string[];
  /** Shown when there is nothing at all. */
  empty: ReactNode;
  /** A second table on a page keeps its part of the address apart by this. */
  urlKey?: string;
  /** Beside the search. */
  extra?: ReactNode;
}
