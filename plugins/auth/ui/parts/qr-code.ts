/**
 * QR codes (ISO/IEC 18004) of texts up to some 850 bytes: byte mode, error correction level L, as squares of dark and light.
 * Enough for the address that an authenticator app reads from a screen.
 */

/** For versions 1 to 20 at level L (ISO/IEC 18004 table 9). */
const CORRECTION_PER_BLOCK = [7, 10, 15, 20, 26, 18, 20, 24, 30, 18, 20, 24, 26, 30, 22, 24, 28, 30, 28, 28];
const BLOCKS = [1, 1, 1, 1, 1, 2, 2, 2, 2, 4, 4, 4, 4, 4, 6, 6, 6, 6, 7, 8];
const LEVEL_L = 1;
const BYTE_MODE = 4;

type Grid = (boolean | null)[][];

/** Rows of squares; true is dark. Throws a RangeError for a text that is too long. */
export function qrCode(text: string): boolean[][] {
  const bytes = new TextEncoder().encode(text);
  const version = versionFor(bytes.length);
  const codewords = interleaved(dataCodewords(bytes, version), version);
  const fixed = fixedSquares(version);
  const masked = MASKS.map((isFlipped, mask) => {
    const grid = fixed.map((row) => [...row]);
    place(grid, codewords, isFlipped);
    drawFormat(grid, mask);
    return grid.map((row) => row.map((square) => square === true));
  });
  return masked.reduce((best, other) => (penalty(other) < penalty(best) ? other : best));
}

function versionFor(length: number): number {
  for (let version = 1; version <= BLOCKS.length; version++)
    if (headBits(version) + length * 8 <= dataCapacity(version) * 8) return version;
  throw new RangeError('This text is too long for a QR code');
}

/** Mode and length. */
function headBits(version: number): number {
  return version < 10 ? 12 : 20;
}

function rawCodewords(version: number): number {
  const aligned = version < 2 ? 0 : Math.floor(version / 7) + 2;
  const bits = (16 * version + 128) * version + 64 - (aligned ? (25 * aligned - 10) * aligned - 55 : 0);
  return Math.floor((version < 7 ? bits : bits - 36) / 8);
}

function dataCapacity(version: number): number {
  return rawCodewords(version) - at(CORRECTION_PER_BLOCK, version - 1) * at(BLOCKS, version - 1);
}

function dataCodewords(bytes: Uint8Array, version: number): number[] {
  const bits: number[] = [];
  const push = (value: number, count: number) => {
    for (let bit = count - 1; bit >= 0; bit--) bits.push((value >> bit) & 1);
  };
  push(BYTE_MODE, 4);
  push(bytes.length, headBits(version) - 4);
  for (const byte of bytes) push(byte, 8);
  const capacity = dataCapacity(version);
  push(0, Math.min(4, capacity * 8 - bits.length));
  push(0, (8 - (bits.length % 8)) % 8);
  const words = Array.from({ length: bits.length / 8 }, (_, word) =>
    bits.slice(word * 8, word * 8 + 8).reduce((value, bit) => value * 2 + bit, 0),
  );
  for (let pad = 0xec; words.length < capacity; pad ^= 0xec ^ 0x11) words.push(pad);
  return words;
}

/** Blocks with their corrections, a codeword of each in turn. */
function interleaved(data: readonly number[], version: number): number[] {
  const count = at(BLOCKS, version - 1);
  const correction = at(CORRECTION_PER_BLOCK, version - 1);
  const raw = rawCodewords(version);
  const short = Math.floor(raw / count) - correction;
  const shortBlocks = count - (raw % count);
  const divisor = generator(correction);
  let from = 0;
  const blocks = Array.from({ length: count }, (_, block) => {
    const words = data.slice(from, from + short + (block < shortBlocks ? 0 : 1));
    from += words.length;
    return { words, corrections: remainder(words, divisor) };
  });
  const inTurn = (of: (block: (typeof blocks)[number]) => readonly number[], length: number) =>
    Array.from({ length }, (_, place) => blocks.flatMap((block) => of(block)[place] ?? [])).flat();
  return [...inTurn(({ words }) => words, short + 1), ...inTurn(({ corrections }) => corrections, correction)];
}

/** Reed-Solomon over GF(2⁸) with x⁸ + x⁴ + x³ + x² + 1. */
function generator(degree: number): number[] {
  let result = [...Array.from({ length: degree - 1 }, () => 0), 1];
  for (let step = 0, root = 1; step < degree; step++, root = times(root, 2))
    result = result.map((one, place) => times(one, root) ^ (result[place + 1] ?? 0));
  return result;
}

function remainder(words: readonly number[], divisor: readonly number[]): number[] {
  let result = divisor.map(() => 0);
  for (const word of words) {
    const factor = word ^ at(result, 0);
    result = [...result.slice(1), 0].map((one, place) => one ^ times(at(divisor, place), factor));
  }
  return result;
}

function times(one: number, other: number): number {
  let product = 0;
  for (let bit = 7; bit >= 0; bit--) {
    product = (product << 1) ^ ((product >> 7) * 0x11d);
    product ^= ((other >> bit) & 1) * one;
  }
  return product;
}

const MASKS: readonly ((x: number, y: number) => boolean)[] = [
  (x, y) => (x + y) % 2 === 0,
  (_, y) => y % 2 === 0,
  (x) => x % 3 === 0,
  (x, y) => (x + y) % 3 === 0,
  (x, y) => (Math.floor(x / 3) + Math.floor(y / 2)) % 2 === 0,
  (x, y) => ((x * y) % 2) + ((x * y) % 3) === 0,
  (x, y) => (((x * y) % 2) + ((x * y) % 3)) % 2 === 0,
  (x, y) => (((x + y) % 2) + ((x * y) % 3)) % 2 === 0,
];

/** What every code of this size has; null is where data goes. */
function fixedSquares(version: number): Grid {
  const size = version * 4 + 17;
  const grid: Grid = Array.from({ length: size }, () => Array.from({ length: size }, () => null));
  for (let place = 0; place < size; place++) {
    set(grid, 6, place, place % 2 === 0);
    set(grid, place, 6, place % 2 === 0);
  }
  for (const [x, y] of [
    [3, 3],
    [size - 4, 3],
    [3, size - 4],
  ] as const)
    drawRings(grid, x, y, 4, [2, 4]);
  const centres = alignmentCentres(version);
  const last = centres.length - 1;
  for (const [i, x] of centres.entries())
    for (const [j, y] of centres.entries())
      if (!((i === 0 && j === 0) || (i === 0 && j === last) || (i === last && j === 0))) drawRings(grid, x, y, 2, [1]);
  drawFormat(grid, 0);
  drawVersion(grid, version);
  return grid;
}

function drawRings(grid: Grid, centreX: number, centreY: number, radius: number, light: readonly number[]): void {
  for (let dy = -radius; dy <= radius; dy++)
    for (let dx = -radius; dx <= radius; dx++)
      set(grid, centreX + dx, centreY + dy, !light.includes(Math.max(Math.abs(dx), Math.abs(dy))));
}

function alignmentCentres(version: number): number[] {
  if (version === 1) return [];
  const count = Math.floor(version / 7) + 2;
  const step = Math.ceil((version * 4 + 4) / (count * 2 - 2)) * 2;
  return [6, ...Array.from({ length: count - 1 }, (_, place) => version * 4 + 10 - (count - 2 - place) * step)];
}

/** Level and mask, twice, with their BCH code (§7.9). */
function drawFormat(grid: Grid, mask: number): void {
  const size = grid.length;
  const bits = coded((LEVEL_L << 3) | mask, 10, 0x537) ^ 0x5412;
  const bit = (place: number) => ((bits >> place) & 1) === 1;
  for (let i = 0; i < 6; i++) set(grid, 8, i, bit(i));
  set(grid, 8, 7, bit(6));
  set(grid, 8, 8, bit(7));
  set(grid, 7, 8, bit(8));
  for (let i = 9; i < 15; i++) set(grid, 14 - i, 8, bit(i));
  for (let i = 0; i < 8; i++) set(grid, size - 1 - i, 8, bit(i));
  for (let i = 8; i < 15; i++) set(grid, 8, size - 15 + i, bit(i));
  set(grid, 8, size - 8, true);
}

function drawVersion(grid: Grid, version: number): void {
  if (version < 7) return;
  const bits = coded(version, 12, 0x1f25);
  for (let i = 0; i < 18; i++) {
    const [across, along] = [grid.length - 11 + (i % 3), Math.floor(i / 3)];
    set(grid, across, along, ((bits >> i) & 1) === 1);
    set(grid, along, across, ((bits >> i) & 1) === 1);
  }
}

/** A value with its BCH remainder of so many bits. */
function coded(value: number, length: number, divisor: number): number {
  let rest = value;
  for (let step = 0; step < length; step++) rest = (rest << 1) ^ ((rest >> (length - 1)) * divisor);
  return (value << length) | rest;
}

/** In two columns at a time, up and down, from the right (§7.7.3). */
function place(grid: Grid, codewords: readonly number[], isFlipped: (x: number, y: number) => boolean): void {
  const size = grid.length;
  let bit = 0;
  for (let right = size - 1; right >= 1; right -= 2) {
    if (right === 6) right = 5;
    const isUpward = ((right + 1) & 2) === 0;
    for (let step = 0; step < size; step++)
      for (const x of [right, right - 1]) {
        const y = isUpward ? size - 1 - step : step;
        if (squareAt(grid, x, y) !== null) continue;
        const isDark = (((codewords[bit >> 3] ?? 0) >> (7 - (bit & 7))) & 1) === 1;
        set(grid, x, y, isDark !== isFlipped(x, y));
        bit++;
      }
  }
}

/** How hard it is to read (§7.8.3): long runs, blocks of four, and a lack of balance. */
function penalty(squares: readonly boolean[][]): number {
  const columns = squares.map((_, x) => squares.map((row) => row[x] === true));
  let points = 0;
  for (const line of [...squares, ...columns])
    for (const run of line
      .map((square) => (square ? '1' : '0'))
      .join('')
      .match(/0{5,}|1{5,}/g) ?? [])
      points += run.length - 2;
  let dark = 0;
  for (const [y, row] of squares.entries())
    for (const [x, square] of row.entries()) {
      if (square) dark++;
      const others = [squareAt(squares, x + 1, y), squareAt(squares, x, y + 1), squareAt(squares, x + 1, y + 1)];
      if (others.every((other) => other === square)) points += 3;
    }
  const share = dark / squares.length ** 2;
  return points + Math.floor(Math.abs(share - 0.5) * 20) * 10;
}

function set(grid: Grid, x: number, y: number, isDark: boolean): void {
  const row = grid[y];
  if (row && x >= 0 && x < row.length) row[x] = isDark;
}

function at(values: readonly number[], place: number): number {
  return values[place] ?? 0;
}

/** Undefined beyond the edge. */
function squareAt<T>(squares: readonly (readonly T[])[], x: number, y: number): T | undefined {
  return squares.at(y)?.at(x);
}
