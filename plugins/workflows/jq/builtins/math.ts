// Numeric functions, as in C's math library.
import { negate } from '../arithmetic.ts';
import { Failure } from '../errors.ts';
import { describeValue } from '../json.ts';
import { compare, type Value } from '../values.ts';
import { j0, j1, y0, y1 } from './bessel.ts';
import { from0, fromMany, type Table } from './define.ts';
import { erf, frexp, gammaSign, ldexp, lgamma, modf, nextAfter, remainder, roundEven, tgamma } from './numeric.ts';

function one(name: string, work: (x: number) => number | Value[]): Table {
  return {
    [`${name}/0`]: from0((input) => {
      if (typeof input !== 'number') throw new Failure(`${describeValue(input)} number required`);
      return work(input);
    }),
  };
}

function several(name: string, count: number, work: (...numbers: number[]) => number): Table {
  return {
    [`${name}/${count}`]: fromMany((_input, args) => {
      const numbers = args.map((value) => {
        if (typeof value !== 'number') throw new Failure(`${describeValue(value)} number required`);
        return value;
      });
      return work(...numbers);
    }),
  };
}

function two(name: string, work: (a: number, b: number) => number): Table {
  return several(name, 2, (a = 0, b = 0) => work(a, b));
}

const simple: Record<string, (x: number) => number> = {
  floor: Math.floor,
  ceil: Math.ceil,
  round: (x) => (x < 0 ? -Math.round(-x) : Math.round(x)),
  trunc: Math.trunc,
  rint: roundEven,
  nearbyint: roundEven,
  sqrt: Math.sqrt,
  cbrt: Math.cbrt,
  fabs: Math.abs,
  exp: Math.exp,
  exp2: (x) => 2 ** x,
  exp10: (x) => 10 ** x,
  pow10: (x) => 10 ** x,
  expm1: Math.expm1,
  log: Math.log,
  log2: Math.log2,
  log10: Math.log10,
  log1p: Math.log1p,
  sin: Math.sin,
  cos: Math.cos,
  tan: Math.tan,
  asin: Math.asin,
  acos: Math.acos,
  atan: Math.atan,
  sinh: Math.sinh,
  cosh: Math.cosh,
  tanh: Math.tanh,
  asinh: Math.asinh,
  acosh: Math.acosh,
  atanh: Math.atanh,
  significand: (x) => (x === 0 || !Number.isFinite(x) ? x : frexp(x)[0] * 2),
  logb: (x) => (x === 0 ? -Infinity : Number.isFinite(x) ? frexp(x)[1] - 1 : Math.abs(x)),
  gamma: lgamma,
  lgamma,
  tgamma,
  erf,
  erfc: (x) => 1 - erf(x),
  j0,
  j1,
  y0,
  y1,
};

const single = Object.entries(simple).map(([name, work]) => one(name, work));

export const math: Table = Object.assign(
  {},
  ...single,
  one('frexp', (x) => frexp(x)),
  one('modf', (x) => modf(x)),
  one('lgamma_r', (x) => [lgamma(x), gammaSign(x)]),
  two('pow', (a, b) => (a === 1 ? 1 : a ** b)),
  two('atan2', Math.atan2),
  two('hypot', Math.hypot),
  two('fmod', (a, b) => a % b),
  two('fmin', (a, b) => (Number.isNaN(a) ? b : Number.isNaN(b) ? a : Math.min(a, b))),
  two('fmax', (a, b) => (Number.isNaN(a) ? b : Number.isNaN(b) ? a : Math.max(a, b))),
  two('fdim', (a, b) => (a > b ? a - b : a <= b ? 0 : Number.NaN)),
  two('copysign', (a, b) => (b < 0 || Object.is(b, -0) ? -Math.abs(a) : Math.abs(a))),
  two('drem', remainder),
  two('remainder', remainder),
  two('ldexp', ldexp),
  two('scalb', ldexp),
  two('scalbln', ldexp),
  two('nextafter', nextAfter),
  two('nexttoward', nextAfter),
  several('fma', 3, (a = 0, b = 0, c = 0) => a * b + c),
  {
    'abs/0': from0((input) => {
      // As if written in jq: what is not below zero stays as it is, whatever its type.
      if (typeof input === 'number') return input < 0 ? -input : input;
      return compare(input, 0) < 0 ? negate(input) : input;
    }),
  },
);
