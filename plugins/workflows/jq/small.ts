/**
 * Which programs are small by their text alone: whatever their input, they do little for each of its parts and make little
 * out of it. Nothing in them repeats itself, calls functions of its own, goes through a value inside of going through another,
 * or doubles what it was given again and again. What is not listed here is not small.
 */
import type { Ast } from './syntax.ts';

/** Of any value that a part of a program gives. */
interface Bounds {
  /** How many values from outside, and values and characters of its own, it holds when it is written out. */
  weight: number;
  /** How many it gives, each for one element when it goes through a value. */
  outputs: number;
  /** How often it goes through all elements of a value, one inside of the other. */
  loops: number;
}

type Variables = ReadonlyMap<string, number>;

class NotSmall extends Error {}

const MOST_NODES = 400;
/** Those of a program that does them for each element of a value. */
const MOST_IN_LOOP = 80;
const MOST_WEIGHT = 1_000;
const MOST_OUTPUTS = 50;
/** What a list of all elements weighs more than one of them. */
const LIST = 8;
/** Escaped characters have up to six for each. */
const ESCAPED = 6;

/** Give a value no larger than their input. */
const SHRINKING = new Set(
  'empty not type length utf8bytelength first/0 last/0 tonumber toboolean trim ltrim rtrim ascii_downcase ascii_upcase floor ceil round trunc fabs abs sqrt isnan isinfinite now min max values nulls booleans numbers strings arrays objects iterables scalars infinite nan todate todateiso8601 any all'
    .split(' ')
    .map((name) => (name.includes('/') ? name : `${name}/0`)),
);
/** Give a value of parts of their input, some of them added. */
const LISTING = new Set(['keys_unsorted/0', 'to_entries/0', 'from_entries/0', 'add/0', 'toarray/0']);
/** Of their input and one other value. */
const COMPARING = new Set(['has/1', 'startswith/1', 'endswith/1', 'ltrimstr/1', 'rtrimstr/1', 'split/1', 'join/1']);
const MAPPING = new Set(['map/1', 'map_values/1', 'with_entries/1']);
const DECIDING = new Set(['any/1', 'all/1']);
const FORMATS = new Set(['text', 'json', 'html', 'uri', 'csv', 'tsv', 'sh', 'base64']);

/** `variables` are the names of those that come from outside. */
export function isSmall(program: Ast, variables: readonly string[]): boolean {
  const walk = { nodes: 0, loops: false };
  try {
    bounds(program, 1, new Map(variables.map((name) => [name, 1])), walk);
    return walk.nodes <= (walk.loops ? MOST_IN_LOOP : MOST_NODES);
  } catch (error) {
    // Nested too deeply to be looked through, if it is not said here.
    if (error instanceof NotSmall || error instanceof RangeError) return false;
    throw error;
  }
}

interface Walk {
  nodes: number;
  loops: boolean;
}

/** Throws NotSmall. `input` is the weight of `.`. */
function bounds(node: Ast, input: number, variables: Variables, walk: Walk): Bounds {
  if (++walk.nodes > MOST_NODES) throw new NotSmall();
  const of = (part: Ast, dot = input, known = variables) => bounds(part, dot, known, walk);
  const found = boundsOf(node, input, variables, walk, of);
  if (found.weight > MOST_WEIGHT || found.outputs > MOST_OUTPUTS || found.loops > 1) throw new NotSmall();
  if (found.loops > 0) walk.loops = true;
  return found;
}

type Of = (part: Ast, dot?: number, known?: Variables) => Bounds;

function boundsOf(node: Ast, input: number, variables: Variables, walk: Walk, of: Of): Bounds {
  switch (node.t) {
    case 'identity':
      return one(input);
    case 'literal':
      return one(1);
    case 'var':
      return one(weightOf(node.name, variables));
    case 'format':
      return one(formatted(node.name.slice(1), input));
    case 'string': {
      const parts = node.parts.flatMap((part) => (typeof part === 'string' ? [] : [of(part)]));
      return product(1 + sum(parts.map(({ weight }) => formatted(node.format?.slice(1) ?? 'text', weight))), parts);
    }
    case 'index': {
      const target = of(node.target);
      return product(target.weight, [target, of(node.key)]);
    }
    case 'slice': {
      const target = of(node.target);
      return product(target.weight, [target, ...[node.from, node.to].flatMap((part) => (part ? [of(part)] : []))]);
    }
    case 'iterate': {
      const target = of(node.target);
      return { ...target, loops: target.loops + 1 };
    }
    case 'array':
      return node.body ? listOf(of(node.body)) : one(1);
    case 'object': {
      const parts = node.entries.flatMap(({ key, value }) => [of(key), of(value)]);
      return product(1 + sum(parts.map(({ weight }) => weight)), parts);
    }
    case 'negate':
      return product(1, [of(node.of)]);
    case 'pipe': {
      const left = of(node.left);
      const right = of(node.right, left.weight);
      return product(right.weight, [left, right]);
    }
    case 'comma':
    case 'alternative': {
      const [left, right] = [of(node.left), of(node.right)];
      return {
        weight: Math.max(left.weight, right.weight),
        outputs: left.outputs + right.outputs,
        loops: Math.max(left.loops, right.loops),
      };
    }
    case 'and':
    case 'or':
      return product(1, [of(node.left), of(node.right)]);
    case 'binary': {
      const [left, right] = [of(node.left), of(node.right)];
      return product(left.weight + right.weight, [left, right]);
    }
    case 'assign':
      return assigned(node, input, of);
    case 'if': {
      const condition = of(node.condition);
      const branches = [of(node.then), node.otherwise ? of(node.otherwise) : one(input)];
      return product(Math.max(...branches.map(({ weight }) => weight)), [condition, widest(branches)]);
    }
    case 'try':
      return widest([of(node.body), ...(node.handler ? [of(node.handler, 1)] : [])]);
    case 'as': {
      const [pattern, ...others] = node.binding.patterns;
      if (pattern?.t !== 'var' || others.length > 0) throw new NotSmall();
      const source = of(node.binding.source);
      const body = of(node.body, input, new Map(variables).set(pattern.name, source.weight));
      return product(body.weight, [source, body]);
    }
    case 'call':
      return called(node, input, walk, of);
    default:
      throw new NotSmall();
  }
}

function called({ name, args }: Extract<Ast, { t: 'call' }>, input: number, walk: Walk, of: Of): Bounds {
  const key = `${name}/${args.length}`;
  const [arg] = args;
  if (SHRINKING.has(key) || LISTING.has(key)) {
    // They look at each element, or character, and count it.
    walk.loops ||= LISTING.has(key);
    return one(SHRINKING.has(key) ? input : 2 * input + 1);
  }
  if (key === 'tojson/0' || key === 'tostring/0') return one(ESCAPED * input);
  if (!arg || args.length > 1) throw new NotSmall();
  if (COMPARING.has(key)) {
    const given = of(arg);
    return product(input + given.weight, [given]);
  }
  if (key === 'select/1') return { ...of(arg), weight: input };
  if (key === 'first/1') return of(arg);
  if (!MAPPING.has(key) && !DECIDING.has(key)) throw new NotSmall();
  const body = of(arg, key === 'with_entries/1' ? input + 2 : input);
  const loops = body.loops + 1;
  if (loops > 1) throw new NotSmall();
  walk.loops = true;
  return DECIDING.has(key) ? { weight: 1, outputs: 1, loops } : { ...listOf({ ...body, loops }), loops };
}

/** Of one place, whose name is written out. */
function assigned({ op, left, right }: Extract<Ast, { t: 'assign' }>, input: number, of: Of): Bounds {
  of(left);
  if (!isPlace(left)) throw new NotSmall();
  const given = of(right);
  const isPart = op === '|=' || op === '=' || op === '//=';
  return product(input + (isPart ? given.weight : input + given.weight) + 1, [given]);
}

function isPlace(node: Ast): boolean {
  if (node.t === 'identity') return true;
  if (node.t === 'pipe') return isPlace(node.left) && isPlace(node.right);
  return node.t === 'index' && node.key.t === 'literal' && isPlace(node.target);
}

function weightOf(name: string, variables: Variables): number {
  const weight = variables.get(name);
  if (weight === undefined) throw new NotSmall();
  return weight;
}

function formatted(format: string, weight: number): number {
  if (!FORMATS.has(format)) throw new NotSmall();
  return ESCAPED * weight;
}

function one(weight: number): Bounds {
  return { weight, outputs: 1, loops: 0 };
}

/** Each output of one with each of the others. */
function product(weight: number, parts: readonly Bounds[]): Bounds {
  return {
    weight,
    outputs: parts.reduce((all, { outputs }) => all * outputs, 1),
    loops: sum(parts.map(({ loops }) => loops)),
  };
}

function widest(parts: readonly Bounds[]): Bounds {
  return {
    weight: Math.max(...parts.map(({ weight }) => weight)),
    outputs: Math.max(...parts.map(({ outputs }) => outputs)),
    loops: Math.max(...parts.map(({ loops }) => loops)),
  };
}

/** A list of all outputs, which is one value. */
function listOf({ weight, outputs, loops }: Bounds): Bounds {
  return one(1 + weight * outputs * (loops > 0 ? LIST : 1));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((all, number) => all + number, 0);
}
