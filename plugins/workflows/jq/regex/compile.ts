// Turns the tree of a regular expression into the instructions that match.ts carries out.
import type { CharSet, Node, Place, Tree } from './tree.ts';

export type Instruction =
  | { op: 'char'; code: number }
  | { op: 'set'; set: CharSet }
  /** one character or some, as many as there are: no instruction for each */
  | { op: 'span'; set: CharSet; min: number; max: number; mode: 'greedy' | 'lazy' | 'possessive' }
  | { op: 'jump'; to: number }
  /** goes on, and at `to` if that fails */
  | { op: 'fork'; to: number }
  | { op: 'save'; slot: number }
  | { op: 'place'; place: Place }
  | { op: 'again'; groups: number[]; ignoresCase: boolean }
  | { op: 'zero'; slot: number }
  /** another round, or on at `exit` */
  | { op: 'round'; count: number; start: number; min: number; max: number; isLazy: boolean; exit: number }
  | { op: 'rounded'; count: number; start: number; min: number; back: number }
  /** remembers how far back it may be tried again, for `cut` */
  | { op: 'mark'; slot: number }
  | { op: 'cut'; slot: number; at: number | null }
  | { op: 'refuse'; slot: number }
  /** begins here, and at each place before that is at most so many characters away */
  | { op: 'behind'; most: number }
  | { op: 'same'; slot: number }
  | { op: 'done' };

export interface Code {
  instructions: Instruction[];
  /** memory that it needs: two for each group and the whole, then what loops and looks remember */
  slots: number;
  names: (string | null)[];
  /** what the first character must be; null when it may be anything or nothing */
  first: CharSet | null;
  /** the same where it is always one and the same */
  firstChar: string | null;
  /** it can only match at the beginning of the text */
  isAnchored: boolean;
}

/** Where `\K` puts the beginning of the match. */
export const KEPT = 0;

interface Builder {
  instructions: Instruction[];
  slots: number;
}

export function compileTree({ root, names }: Tree): Code {
  const builder: Builder = { instructions: [], slots: 2 * (names.length + 1) };
  emit(builder, root);
  builder.instructions.push({ op: 'done' });
  const first = firstOf(root);
  return {
    ...builder,
    names,
    first: first && firstSet(first),
    firstChar: first?.length === 1 && first[0]?.t === 'char' ? String.fromCodePoint(first[0].code) : null,
    isAnchored: isAnchored(root),
  };
}

function emit(builder: Builder, node: Node): void {
  const { instructions } = builder;
  switch (node.t) {
    case 'char':
      instructions.push({ op: 'char', code: node.code });
      return;
    case 'set':
      instructions.push({ op: 'set', set: node.set });
      return;
    case 'sequence':
      for (const item of node.items) emit(builder, item);
      return;
    case 'either':
      emitChoice(builder, node.items);
      return;
    case 'group':
      instructions.push({ op: 'save', slot: 2 * node.index });
      emit(builder, node.of);
      instructions.push({ op: 'save', slot: 2 * node.index + 1 });
      return;
    case 'atomic': {
      const slot = builder.slots++;
      instructions.push({ op: 'mark', slot });
      emit(builder, node.of);
      instructions.push({ op: 'cut', slot, at: null });
      return;
    }
    case 'look':
      emitLook(builder, node);
      return;
    case 'again':
      instructions.push({ op: 'again', groups: node.groups, ignoresCase: node.ignoresCase });
      return;
    case 'repeat':
      emitRepeat(builder, node);
      return;
    case 'place':
      instructions.push({ op: 'place', place: node.place });
      return;
    case 'keep':
      instructions.push({ op: 'save', slot: KEPT });
      return;
  }
}

function emitChoice(builder: Builder, items: Node[]): void {
  const { instructions } = builder;
  const jumps: { op: 'jump'; to: number }[] = [];
  for (const [place, item] of items.entries()) {
    if (place === items.length - 1) {
      emit(builder, item);
      break;
    }
    const fork = { op: 'fork' as const, to: 0 };
    instructions.push(fork);
    emit(builder, item);
    const jump = { op: 'jump' as const, to: 0 };
    jumps.push(jump);
    instructions.push(jump);
    fork.to = instructions.length;
  }
  for (const jump of jumps) jump.to = instructions.length;
}

function emitLook(builder: Builder, { of, isBehind, isNegative }: Node & { t: 'look' }): void {
  const { instructions } = builder;
  const slot = builder.slots++;
  const at = builder.slots++;
  instructions.push({ op: 'save', slot: at });
  instructions.push({ op: 'mark', slot });
  const fork = { op: 'fork' as const, to: 0 };
  if (isNegative) instructions.push(fork);
  if (isBehind) instructions.push({ op: 'behind', most: widest(of) });
  emit(builder, of);
  if (isBehind) instructions.push({ op: 'same', slot: at });
  instructions.push(isNegative ? { op: 'refuse', slot } : { op: 'cut', slot, at });
  fork.to = instructions.length;
}

function emitRepeat(builder: Builder, node: Node & { t: 'repeat' }): void {
  const { of, min, max, mode } = node;
  const { instructions } = builder;
  if (of.t === 'set' || of.t === 'char') {
    const { code } = of.t === 'char' ? of : { code: -1 };
    const set = of.t === 'set' ? of.set : { has: (other: number) => other === code };
    instructions.push({ op: 'span', set, min, max, mode });
    return;
  }
  if (mode === 'possessive') {
    emit(builder, { t: 'atomic', of: { ...node, mode: 'greedy' } });
    return;
  }
  const count = builder.slots++;
  const start = builder.slots++;
  instructions.push({ op: 'zero', slot: count });
  const back = instructions.length;
  const round = { op: 'round' as const, count, start, min, max, isLazy: mode === 'lazy', exit: 0 };
  instructions.push(round);
  emit(builder, of);
  instructions.push({ op: 'rounded', count, start, min, back });
  round.exit = instructions.length;
}

/** Characters that it takes at most. */
function widest(node: Node): number {
  switch (node.t) {
    case 'char':
    case 'set':
      return 1;
    case 'group':
    case 'atomic':
      return widest(node.of);
    case 'sequence':
      return node.items.reduce((sum, item) => sum + widest(item), 0);
    case 'either':
      return Math.max(...node.items.map(widest));
    case 'repeat': {
      const once = widest(node.of);
      return once === 0 ? 0 : once * node.max;
    }
    case 'again':
      return Number.POSITIVE_INFINITY;
    default:
      return 0;
  }
}

type First = Extract<Node, { t: 'char' | 'set' }>;

/** What a match can begin with; null when it may take nothing. */
function firstOf(node: Node): First[] | null {
  switch (node.t) {
    case 'char':
    case 'set':
      return [node];
    case 'group':
    case 'atomic':
      return firstOf(node.of);
    case 'repeat':
      return node.min > 0 ? firstOf(node.of) : null;
    case 'either': {
      const all = node.items.map(firstOf);
      return all.includes(null) ? null : all.flatMap((one) => one ?? []);
    }
    case 'sequence': {
      const item = node.items.find(({ t }) => t !== 'place' && t !== 'look' && t !== 'keep');
      return item ? firstOf(item) : null;
    }
    default:
      return null;
  }
}

function firstSet(all: First[]): CharSet {
  return { has: (code) => all.some((one) => (one.t === 'char' ? one.code === code : one.set.has(code))) };
}

function isAnchored(node: Node): boolean {
  if (node.t === 'place') return node.place === 'start';
  if (node.t === 'group' || node.t === 'atomic') return isAnchored(node.of);
  if (node.t === 'either') return node.items.every(isAnchored);
  return node.t === 'sequence' && node.items[0] !== undefined && isAnchored(node.items[0]);
}
