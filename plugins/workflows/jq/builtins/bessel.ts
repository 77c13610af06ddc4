// Bessel functions of the orders 0 and 1. Formulas: NIST Digital Library of Mathematical Functions, chapter 10.

const EULER = 0.5772156649015329;

/** From here on the expansion for large arguments has all the digits of a double. */
const LARGE = 25;

/** J of the orders 0, 1, 2 …, for 0 <= x <= LARGE: the recurrence run downwards (§10.74(iv)), then scaled (§10.23.3). */
function ascending(x: number): number[] {
  if (x < 1e-13) return [1, x / 2];
  const top = 2 * Math.ceil((1.5 * x + 40) / 2);
  const found: number[] = [];
  found[top + 1] = 0;
  found[top] = 1e-300;
  for (let n = top; n > 0; n--) found[n - 1] = ((2 * n) / x) * (found[n] ?? 0) - (found[n + 1] ?? 0);
  let sum = found[0] ?? 0;
  for (let n = 2; n <= top; n += 2) sum += 2 * (found[n] ?? 0);
  return found.map((value) => value / sum);
}

/** Amplitude and phase parts of J and Y for large arguments (§10.17). */
function large(order: 0 | 1, x: number): { j: number; y: number } {
  const angle = x - (order / 2 + 0.25) * Math.PI;
  let even = 1;
  let odd = 0;
  let term = 1;
  for (let k = 1; k < 2 * x; k++) {
    const next = (term * (4 * order - (2 * k - 1) ** 2)) / (k * 8 * x);
    if (Math.abs(next) < 1e-18 || Math.abs(next) > Math.abs(term)) break;
    term = next;
    const signed = k % 4 < 2 ? term : -term;
    if (k % 2 === 0) even += signed;
    else odd += signed;
  }
  const size = Math.sqrt(2 / (Math.PI * x));
  return {
    j: size * (even * Math.cos(angle) - odd * Math.sin(angle)),
    y: size * (even * Math.sin(angle) + odd * Math.cos(angle)),
  };
}

function first(order: 0 | 1, value: number): number {
  const x = Math.abs(value);
  if (Number.isNaN(x)) return x;
  if (x === Number.POSITIVE_INFINITY) return 0;
  const found = x > LARGE ? large(order, x).j : (ascending(x)[order] ?? 0);
  return order === 1 && value < 0 ? -found : found;
}

function second(order: 0 | 1, x: number): number {
  if (Number.isNaN(x) || x < 0) return Number.NaN;
  if (x === 0) return Number.NEGATIVE_INFINITY;
  if (x === Number.POSITIVE_INFINITY) return 0;
  if (x > LARGE) return large(order, x).y;
  // Neumann's series (§10.23.16 and its derivative).
  const j = ascending(x);
  let sum = 0;
  for (let k = 1, sign = -1; 2 * k + order < j.length; k++, sign = -sign) {
    const part = order === 0 ? j[2 * k] : ((j[2 * k + 1] ?? 0) - (j[2 * k - 1] ?? 0)) / 2;
    sum += (sign * (part ?? 0)) / k;
  }
  const logarithm = (Math.log(x / 2) + EULER) * (j[order] ?? 0);
  return (2 * logarithm - 4 * sum - (order === 0 ? 0 : 2 * ((j[0] ?? 0) / x))) / Math.PI;
}

export const j0 = (x: number): number => first(0, x);
export const j1 = (x: number): number => first(1, x);
export const y0 = (x: number): number => second(0, x);
export const y1 = (x: number): number => second(1, x);
