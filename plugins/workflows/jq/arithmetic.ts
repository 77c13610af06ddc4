// The operators + - * / % and the comparisons on jq values.
import { DEEPEST, Failure, JqLimitError } from './errors.ts';
import { describeValue } from './json.ts';
import { type Budget, charge, checkArray, checkString, TEXT_PER_STEP, workText, workTogether } from './limits.ts';
import { compare, copyOf, equal, getKey, isObject, type JsonObject, keysOf, setKey, type Value } from './values.ts';

export type Operator = (budget: Budget, a: Value, b: Value) => Value;

function fail(a: Value, b: Value, what: string): never {
  throw new Failure(`${describeValue(a)} and ${describeValue(b)} cannot be ${what}`);
}

export function add(budget: Budget, a: Value, b: Value): Value {
  if (typeof a === 'string' && typeof b === 'string') workTogether(a.length + b.length);
  return addPart(budget, a, b);
}

/** The same for what is added up part by part: texts are counted as a whole when they are (`workTogether`). */
export function addPart(budget: Budget, a: Value, b: Value): Value {
  if (typeof a === 'number' && typeof b === 'number') return a + b;
  if (typeof a === 'string' && typeof b === 'string') {
    checkString(a.length + b.length);
    // The longer one is not copied: the engine remembers the two parts until the whole is read.
    workText(Math.min(a.length, b.length));
    return a + b;
  }
  if (a === null) return b;
  if (b === null) return a;
  if (Array.isArray(a) && Array.isArray(b)) {
    charge(budget, 1 + ((a.length + b.length) >> 4));
    checkArray(a.length + b.length);
    return a.concat(b);
  }
  if (isObject(a) && isObject(b)) {
    const merged = copyOf(a);
    const keys = keysOf(b);
    charge(budget, keys.length);
    for (const key of keys) setKey(merged, key, getKey(b, key));
    return merged;
  }
  return fail(a, b, 'added');
}

function subtract(budget: Budget, a: Value, b: Value): Value {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  if (!Array.isArray(a) || !Array.isArray(b)) return fail(a, b, 'subtracted');
  charge(budget, a.length * (b.length + 1));
  return a.filter((item) => !b.some((other) => equal(item, other)));
}

function multiply(budget: Budget, a: Value, b: Value): Value {
  if (typeof a === 'number' && typeof b === 'number') return a * b;
  if (budget.limits.numbersOnly) throw new JqLimitError('steps', 'a product that is not of numbers');
  if (typeof a === 'string' && typeof b === 'number') return repeatText(budget, a, b);
  if (typeof a === 'number' && typeof b === 'string') return repeatText(budget, b, a);
  if (isObject(a) && isObject(b)) return mergeDeep(budget, a, b);
  return fail(a, b, 'multiplied');
}

/** As jq has it: a longer string is the program's fault, a shorter one may still be over the limit here. */
const LONGEST_REPEATED = 2 ** 31 - 1;

function repeatText(budget: Budget, text: string, times: number): Value {
  if (times < 0 || Number.isNaN(times)) return null;
  const count = Math.trunc(times);
  if (text === '') return '';
  if (text.length * count >= LONGEST_REPEATED) throw new Failure('Repeat string result too long');
  checkString(text.length * count);
  charge(budget, Math.ceil((text.length * count) / TEXT_PER_STEP));
  return text.repeat(count);
}

function mergeDeep(budget: Budget, a: JsonObject, b: JsonObject): JsonObject {
  const merged = copyOf(a);
  const open = [{ into: merged, from: b, depth: 0 }];
  for (let next = open.pop(); next; next = open.pop()) {
    const { into, from, depth } = next;
    if (depth > DEEPEST) throw new Failure('Object merge too deep');
    const keys = keysOf(from);
    charge(budget, 1 + keys.length);
    for (const key of keys) {
      const left = getKey(into, key);
      const right = getKey(from, key);
      if (!isObject(left) || !isObject(right)) setKey(into, key, right);
      else {
        const child = copyOf(left);
        setKey(into, key, child);
        open.push({ into: child, from: right, depth: depth + 1 });
      }
    }
  }
  return merged;
}

function divide(budget: Budget, a: Value, b: Value): Value {
  if (typeof a === 'number' && typeof b === 'number') {
    if (b === 0) return fail(a, b, 'divided because the divisor is zero');
    return a / b;
  }
  if (typeof a === 'string' && typeof b === 'string') return splitText(budget, a, b);
  return fail(a, b, 'divided');
}

/** A separator that nearly is there is compared again at each place. */
const SEPARATOR_PER_STEP = 64;

export function splitText(budget: Budget, text: string, separator: string): string[] {
  if (text === '') return [];
  if (separator === '') charge(budget, text.length);
  else charge(budget, (1 + (text.length >> 3)) * Math.ceil(separator.length / SEPARATOR_PER_STEP));
  const parts = separator === '' ? Array.from(text) : text.split(separator);
  charge(budget, parts.length);
  return parts;
}

const INT64_MAX = 2n ** 63n - 1n;

// Operands are cut to 64-bit integers, as in C; the sign follows the dividend.
function toInteger(value: number): number {
  if (Number.isNaN(value)) return 0;
  return Math.max(-(2 ** 63), Math.min(2 ** 63, Math.trunc(value)));
}

/** The same where a double has not all the digits: the largest one is 2 ** 63 - 1. */
function toInt64(value: number): bigint {
  const integer = BigInt(toInteger(value));
  return integer > INT64_MAX ? INT64_MAX : integer;
}

function modulo(_budget: Budget, a: Value, b: Value): Value {
  if (typeof a !== 'number' || typeof b !== 'number') return fail(a, b, 'divided (remainder)');
  if (Number.isNaN(a) || Number.isNaN(b)) return Number.NaN;
  const divisor = Math.abs(toInteger(b));
  if (divisor === 0) return fail(a, b, 'divided (remainder) because the divisor is zero');
  const dividend = toInteger(a);
  if (divisor < 2 ** 53 && Math.abs(dividend) < 2 ** 53) return (dividend % divisor) + 0;
  return Number(toInt64(a) % toInt64(Math.abs(b)));
}

export function negate(value: Value): Value {
  if (typeof value === 'number') return -value;
  throw new Failure(`${describeValue(value)} cannot be negated`);
}

export const operators: Record<string, Operator> = {
  '+': add,
  '-': subtract,
  '*': multiply,
  '/': divide,
  '%': modulo,
  '==': (_b, a, b) => equal(a, b),
  '!=': (_b, a, b) => !equal(a, b),
  '<': (_b, a, b) => compare(a, b) < 0,
  '<=': (_b, a, b) => compare(a, b) <= 0,
  '>': (_b, a, b) => compare(a, b) > 0,
  '>=': (_b, a, b) => compare(a, b) >= 0,
};
