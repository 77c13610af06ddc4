/**
 * Looks into a ZIP (PKWARE APPNOTE 6.3) before a library unpacks it: what its directory says of sizes must be within the
 * limits, and true. So a few kilobytes do not become gigabytes.
 */
import { inflateRawSync } from 'node:zlib';
import { Unreadable } from './blocks.ts';

const END = 0x06054b50;
const ENTRY = 0x02014b50;
const LOCAL = 0x04034b50;
const LONGEST_COMMENT = 0xffff;
const MOST_ENTRIES = 5_000;
const STORED = 0;
const DEFLATED = 8;

/** Throws `Unreadable`. */
export function checkZip(bytes: Buffer, maxUnzippedBytes: number): void {
  const end = endOf(bytes);
  const entries = bytes.readUInt16LE(end + 10);
  let at = bytes.readUInt32LE(end + 16);
  if (entries > MOST_ENTRIES) throw new Unreadable(`It is packed from more than ${MOST_ENTRIES} parts`);
  let sum = 0;
  for (let entry = 0; entry < entries; entry++) {
    if (at + 46 > bytes.length || bytes.readUInt32LE(at) !== ENTRY) throw broken();
    const [flags, method] = [bytes.readUInt16LE(at + 8), bytes.readUInt16LE(at + 10)];
    const [packed, size, local] = [20, 24, 42].map((field) => bytes.readUInt32LE(at + field)) as [
      number,
      number,
      number,
    ];
    if ((flags & 1) === 1) throw new Unreadable('It is protected by a password');
    if (method !== STORED && method !== DEFLATED) throw broken();
    sum += size;
    if (size === 0xffffffff || sum > maxUnzippedBytes) throw tooLarge(maxUnzippedBytes);
    checkEntry(bytes, { packed, size, local, isDeflated: method === DEFLATED });
    at += 46 + [28, 30, 32].reduce((length, field) => length + bytes.readUInt16LE(at + field), 0);
  }
}

interface Entry {
  packed: number;
  size: number;
  local: number;
  isDeflated: boolean;
}

/** Unpacks it as far as it says that it goes. */
function checkEntry(bytes: Buffer, { packed, size, local, isDeflated }: Entry): void {
  if (local + 30 > bytes.length || bytes.readUInt32LE(local) !== LOCAL) throw broken();
  const begin = local + 30 + bytes.readUInt16LE(local + 26) + bytes.readUInt16LE(local + 28);
  const part = bytes.subarray(begin, begin + packed);
  if (part.length < packed) throw broken();
  if (!isDeflated && packed !== size) throw broken();
  if (!isDeflated || packed === 0) return;
  try {
    if (inflateRawSync(part, { maxOutputLength: Math.max(size, 1) }).length !== size) throw broken();
  } catch (error) {
    throw error instanceof Unreadable ? error : broken();
  }
}

function endOf(bytes: Buffer): number {
  const first = Math.max(0, bytes.length - LONGEST_COMMENT - 22);
  for (let at = bytes.length - 22; at >= first; at--) if (bytes.readUInt32LE(at) === END) return at;
  throw broken();
}

function broken(): Unreadable {
  return new Unreadable('It is damaged: its parts are not what its directory says');
}

function tooLarge(most: number): Unreadable {
  return new Unreadable(`Unpacked it is larger than ${Math.floor(most / 1024 / 1024)} MB`);
}
