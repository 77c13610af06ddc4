// Numerical methods that JavaScript's Math lacks.

/** value = mantissa * 2 ** exponent, with 0.5 <= |mantissa| < 1. */
export function frexp(value: number): [number, number] {
  if (value === 0 || !Number.isFinite(value)) return [value, 0];
  let exponent = Math.max(-1023, Math.floor(Math.log2(Math.abs(value))) + 1);
  let mantissa = value * 2 ** -exponent;
  while (Math.abs(mantissa) < 0.5) {
    mantissa *= 2;
    exponent--;
  }
  while (Math.abs(mantissa) >= 1) {
    mantissa /= 2;
    exponent++;
  }
  return [mantissa, exponent];
}

// In two halves, so that the power itself neither overflows nor vanishes.
export function ldexp(value: number, exponent: number): number {
  const steps = Math.max(-4200, Math.min(4200, Math.trunc(exponent)));
  const half = Math.trunc(steps / 4);
  return value * 2 ** half * 2 ** half * 2 ** half * 2 ** (steps - 3 * half);
}

export function modf(value: number): [number, number] {
  const whole = Math.trunc(value);
  return [Number.isFinite(value) ? value - whole : Number.isNaN(value) ? value : 0, whole];
}

export function roundEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  if (rest !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
}

export function remainder(a: number, b: number): number {
  if (!Number.isFinite(a) || b === 0 || Number.isNaN(b)) return Number.NaN;
  if (!Number.isFinite(b)) return a;
  let rest = Math.abs(a % b);
  const size = Math.abs(b);
  const odd = Math.abs(Math.trunc(a / b)) % 2 === 1;
  if (rest > size / 2 || (rest === size / 2 && odd)) rest -= size;
  return a < 0 ? -rest : rest;
}

export function nextAfter(from: number, to: number): number {
  if (Number.isNaN(from) || Number.isNaN(to)) return Number.NaN;
  if (from === to) return to;
  if (from === 0) return to > 0 ? Number.MIN_VALUE : -Number.MIN_VALUE;
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, from);
  const away = to > from === from > 0;
  view.setBigInt64(0, view.getBigInt64(0) + (away ? 1n : -1n));
  return view.getFloat64(0);
}

const LANCZOS = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
  12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
];

function lanczos(value: number): { sum: number; base: number } {
  const x = value - 1;
  const sum = LANCZOS.reduce((total, term, i) => (i === 0 ? term : total + term / (x + i)), 0);
  return { sum, base: x + 7.5 };
}

export function lgamma(value: number): number {
  if (value === 1 || value === 2) return 0;
  if (!Number.isFinite(value)) return Number.isNaN(value) ? value : Number.POSITIVE_INFINITY;
  if (value <= 0 && Number.isInteger(value)) return Number.POSITIVE_INFINITY;
  if (value < 0.5) return Math.log(Math.PI / Math.abs(Math.sin(Math.PI * value))) - lgamma(1 - value);
  const { sum, base } = lanczos(value);
  return 0.5 * Math.log(2 * Math.PI) + (value - 0.5) * Math.log(base) - base + Math.log(sum);
}

export function gammaSign(value: number): number {
  return value < 0 && Math.floor(value) % 2 !== 0 ? -1 : 1;
}

export function tgamma(value: number): number {
  if (Number.isInteger(value)) {
    if (value <= 0) return value === 0 ? Number.POSITIVE_INFINITY : Number.NaN;
    if (value > 171) return Number.POSITIVE_INFINITY;
    let product = 1;
    for (let i = 2; i < value; i++) product *= i;
    return product;
  }
  if (value < 0.5) return Math.PI / (Math.sin(Math.PI * value) * tgamma(1 - value));
  if (value > 172) return Number.POSITIVE_INFINITY;
  const { sum, base } = lanczos(value);
  return Math.sqrt(2 * Math.PI) * base ** (value - 0.5) * Math.exp(-base) * sum;
}

/** Power series near zero, continued fraction farther out. */
export function erf(value: number): number {
  const x = Math.abs(value);
  if (Number.isNaN(x)) return x;
  if (x > 6) return Math.sign(value);
  if (x < 2.5) {
    let term = x;
    let sum = x;
    for (let n = 1; n < 200 && Math.abs(term) > 1e-17 * sum; n++) {
      term *= (-x * x) / n;
      sum += term / (2 * n + 1);
    }
    return (Math.sign(value) * 2 * sum) / Math.sqrt(Math.PI);
  }
  let fraction = 0;
  for (let n = 120; n > 0; n--) fraction = n / 2 / (x + fraction);
  return Math.sign(value) * (1 - Math.exp(-x * x) / ((x + fraction) * Math.sqrt(Math.PI)));
}
