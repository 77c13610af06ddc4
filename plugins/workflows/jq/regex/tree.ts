// The shape of a regular expression once it is read.
import { Failure } from '../errors.ts';

/** Some characters: of the first 128 a table, of the others what a native expression for one character says. */
export interface CharSet {
  has(code: number): boolean;
}

/** Where nothing is taken from the text. */
export type Place = 'start' | 'end' | 'beforeEnd' | 'lineStart' | 'lineEnd' | 'border' | 'inside' | 'searchStart';

export type Node =
  | { t: 'char'; code: number }
  | { t: 'set'; set: CharSet }
  | { t: 'sequence'; items: Node[] }
  | { t: 'either'; items: Node[] }
  | { t: 'group'; index: number; of: Node }
  | { t: 'atomic'; of: Node }
  | { t: 'look'; of: Node; isBehind: boolean; isNegative: boolean }
  | { t: 'again'; groups: number[]; ignoresCase: boolean }
  | { t: 'repeat'; of: Node; min: number; max: number; mode: 'greedy' | 'lazy' | 'possessive' }
  | { t: 'place'; place: Place }
  | { t: 'keep' };

export interface Tree {
  root: Node;
  /** the name of each group, in the order of their numbers */
  names: (string | null)[];
}

export function bad(why: string): Failure {
  return new Failure(`Regex failure: ${why}`);
}
