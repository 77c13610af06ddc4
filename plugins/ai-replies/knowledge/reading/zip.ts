/**
 * What a ZIP holds (PKWARE APPNOTE 6.3), within limits: how many parts, how large each and all of them are, how much larger than
 * what was sent, and what they are called. Its directory alone says so; what else lies in the file is not looked at.
 */
import { inflateRaw, inflateRawSync, type ZlibOptions } from 'node:zlib';
import { Unreadable } from './blocks.ts';

export interface ZipLimits {
  maxEntries: number;
  /** Of all parts together, unpacked. */
  maxBytes: number;
}

export interface ZipEntry {
  /** As it stands there. */
  name: Buffer;
  isUtf8: boolean;
  method: number;
  /** Where it begins, packed. */
  begin: number;
  packed: number;
  size: number;
}

const END = 0x06054b50;
const ENTRY = 0x02014b50;
const LOCAL = 0x04034b50;
const END_BYTES = 22;
const ENTRY_BYTES = 46;
const LOCAL_BYTES = 30;
const LONGEST_COMMENT = 0xffff;
const LONGEST_NAME = 1_000;
const STORED = 0;
const DEFLATED = 8;
/** Names are UTF-8 (APPNOTE 4.4.4, bit 11). */
const UTF8 = 0x800;
const ENCRYPTED = 1;
/** Text is seldom packed to a hundredth; a bomb to a thousandth. */
const MOST_TIMES = 250;
/** What is no larger hurts nobody. */
const HARMLESS_BYTES = 8 * 1024 * 1024;
/** No program writes such a name, and some programs would write a file elsewhere. */
const BAD_NAME = /[\x00-\x1f\x7f]|(?:^|[/\\])\.\.(?:[/\\]|$)|^[/\\]|^[A-Za-z]:/;

/** Throws `Unreadable`. */
export function entriesOf(bytes: Buffer, { maxEntries, maxBytes }: ZipLimits): ZipEntry[] {
  const end = endOf(bytes);
  const count = bytes.readUInt16LE(end + 10);
  if (count > maxEntries) throw new Unreadable(`It is packed from more than ${maxEntries} parts`);
  const entries: ZipEntry[] = [];
  const names = new Set<string>();
  let at = bytes.readUInt32LE(end + 16);
  let all = 0;
  for (let place = 0; place < count; place++) {
    const { entry, next } = entryAt(bytes, at);
    all += entry.size;
    if (all > maxBytes) throw new Unreadable(`Unpacked it is larger than ${Math.floor(maxBytes / 1024 / 1024)} MB`);
    if (all > HARMLESS_BYTES && all > MOST_TIMES * bytes.length)
      throw new Unreadable(`Unpacked it is more than ${MOST_TIMES} times as large as it was sent`);
    const name = entry.name.toString('latin1');
    if (name.length > LONGEST_NAME || BAD_NAME.test(name))
      throw new Unreadable('A part of it has a name that no file has');
    // Which of two with one name is meant, each reader decides for itself.
    if (names.has(name)) throw broken();
    names.add(name);
    entries.push(entry);
    at = next;
  }
  refuseOverlaps(entries);
  return entries;
}

/** Unpacked as far as the directory says that it goes. Throws `Unreadable`. */
export function contentOf(bytes: Buffer, entry: ZipEntry): Buffer {
  const part = bytes.subarray(entry.begin, entry.begin + entry.packed);
  if (entry.method === STORED || entry.packed === 0) return part;
  try {
    return whole(entry, inflateRawSync(part, optionsOf(entry)));
  } catch {}
  throw broken();
}

/** The same beside the main thread. */
export async function contentBeside(bytes: Buffer, entry: ZipEntry): Promise<Buffer> {
  const part = bytes.subarray(entry.begin, entry.begin + entry.packed);
  if (entry.method === STORED || entry.packed === 0) return part;
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
  inflateRaw(part, optionsOf(entry), (error, content) => (error ? reject(broken()) : resolve(content)));
  return whole(entry, await promise);
}

function optionsOf({ size }: ZipEntry): ZlibOptions {
  return { maxOutputLength: Math.max(size, 1) };
}

function whole({ size }: ZipEntry, content: Buffer): Buffer {
  if (content.length !== size) throw broken();
  return content;
}

function entryAt(bytes: Buffer, at: number): { entry: ZipEntry; next: number } {
  if (at + ENTRY_BYTES > bytes.length || bytes.readUInt32LE(at) !== ENTRY) throw broken();
  const word = (field: number): number => bytes.readUInt16LE(at + field);
  const long = (field: number): number => bytes.readUInt32LE(at + field);
  const [flags, method, nameLength] = [word(8), word(10), word(28)];
  if ((flags & ENCRYPTED) !== 0) throw new Unreadable('It is protected by a password');
  const [packed, size, local] = [long(20), long(24), long(42)];
  if (local + LOCAL_BYTES > bytes.length || bytes.readUInt32LE(local) !== LOCAL) throw broken();
  const begin = local + LOCAL_BYTES + bytes.readUInt16LE(local + 26) + bytes.readUInt16LE(local + 28);
  if (begin + packed > bytes.length) throw broken();
  if (method === STORED ? packed !== size : method !== DEFLATED) throw broken();
  if (packed === 0 && size !== 0) throw broken();
  const name = bytes.subarray(at + ENTRY_BYTES, at + ENTRY_BYTES + nameLength);
  const next = at + ENTRY_BYTES + nameLength + word(30) + word(32);
  return { entry: { name, isUtf8: (flags & UTF8) !== 0, method, begin, packed, size }, next };
}

/** A thousand parts that are all the same bytes of the file are a bomb of another kind. */
function refuseOverlaps(entries: readonly ZipEntry[]): void {
  let end = 0;
  for (const { begin, packed } of entries.filter((entry) => entry.packed > 0).sort((a, b) => a.begin - b.begin)) {
    if (begin < end) throw broken();
    end = begin + packed;
  }
}

/** The end record, of a file in one piece. One with a field of all ones points to another directory (ZIP64). */
function endOf(bytes: Buffer): number {
  const first = Math.max(0, bytes.length - LONGEST_COMMENT - END_BYTES);
  for (let at = bytes.length - END_BYTES; at >= first; at--) {
    if (bytes.readUInt32LE(at) !== END) continue;
    const [disk, diskOfDirectory, here, all] = [4, 6, 8, 10].map((field) => bytes.readUInt16LE(at + field));
    if (disk !== 0 || diskOfDirectory !== 0 || here !== all) throw broken();
    return at;
  }
  throw broken();
}

function broken(): Unreadable {
  return new Unreadable('It is damaged: its parts are not what its directory says');
}
