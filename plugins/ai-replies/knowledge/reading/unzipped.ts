/**
 * Unpacks a ZIP (PKWARE APPNOTE 6.3) once, within limits, and packs what came out anew. Libraries find a ZIP's parts each in
 * their own way (one by the directory, one from local header to local header, one by a second directory of ZIP64), so a file
 * could show us one document and them another of gigabytes. What they are given is what was looked at, and nothing else.
 */
import { crc32, inflateRawSync } from 'node:zlib';
import { Unreadable } from './blocks.ts';

const END = 0x06054b50;
const ENTRY = 0x02014b50;
const LOCAL = 0x04034b50;
const END_BYTES = 22;
const ENTRY_BYTES = 46;
const LOCAL_BYTES = 30;
const LONGEST_COMMENT = 0xffff;
const MOST_ENTRIES = 5_000;
const STORED = 0;
const DEFLATED = 8;
const VERSION = 20;
/** Names are UTF-8 (APPNOTE 4.4.4, bit 11); all other flags say how something was packed. */
const UTF8 = 0x800;

interface Part {
  name: Buffer;
  flags: number;
  content: Buffer;
}

/** The same parts, unpacked and stored in a ZIP of ours, all of them together at most so large. Throws `Unreadable`. */
export function repackedZip(bytes: Buffer, maxUnzippedBytes: number): Buffer {
  return storedZip(partsOf(bytes, maxUnzippedBytes));
}

function partsOf(bytes: Buffer, maxUnzippedBytes: number): Part[] {
  const end = endOf(bytes);
  const count = bytes.readUInt16LE(end + 10);
  if (count > MOST_ENTRIES) throw new Unreadable(`It is packed from more than ${MOST_ENTRIES} parts`);
  const parts = new Map<string, Part>();
  let at = bytes.readUInt32LE(end + 16);
  let left = maxUnzippedBytes;
  for (let entry = 0; entry < count; entry++) {
    if (at + ENTRY_BYTES > bytes.length || bytes.readUInt32LE(at) !== ENTRY) throw broken();
    const [nameLength, extra, comment] = [28, 30, 32].map((field) => bytes.readUInt16LE(at + field)) as Three;
    const name = bytes.subarray(at + ENTRY_BYTES, at + ENTRY_BYTES + nameLength);
    const flags = bytes.readUInt16LE(at + 8);
    if ((flags & 1) === 1) throw new Unreadable('It is protected by a password');
    const [packed, size, local] = [20, 24, 42].map((field) => bytes.readUInt32LE(at + field)) as Three;
    if (size > left) throw tooLarge(maxUnzippedBytes);
    const content = contentOf(bytes, { method: bytes.readUInt16LE(at + 10), packed, size, local });
    left -= content.length;
    const key = name.toString('latin1');
    // Which of two with one name is meant, each reader decides for itself.
    if (parts.has(key)) throw broken();
    parts.set(key, { name, flags: flags & UTF8, content });
    at += ENTRY_BYTES + nameLength + extra + comment;
  }
  return [...parts.values()];
}

type Three = [number, number, number];

/** Unpacked as far as the directory says that it goes. */
function contentOf(
  bytes: Buffer,
  { method, packed, size, local }: { method: number; packed: number; size: number; local: number },
): Buffer {
  if (local + LOCAL_BYTES > bytes.length || bytes.readUInt32LE(local) !== LOCAL) throw broken();
  const begin = local + LOCAL_BYTES + bytes.readUInt16LE(local + 26) + bytes.readUInt16LE(local + 28);
  const part = bytes.subarray(begin, begin + packed);
  if (part.length < packed) throw broken();
  if (method === STORED && packed === size) return part;
  if (method !== DEFLATED) throw broken();
  if (packed === 0) return part;
  try {
    const content = inflateRawSync(part, { maxOutputLength: Math.max(size, 1) });
    if (content.length === size) return content;
  } catch {}
  throw broken();
}

/** Parts as they are, behind each other, and a directory that says so. */
function storedZip(parts: readonly Part[]): Buffer {
  const pieces: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { name, flags, content } of parts) {
    const common = Buffer.alloc(26);
    common.writeUInt16LE(VERSION, 0);
    common.writeUInt16LE(flags, 2);
    common.writeUInt32LE(crc32(content), 10);
    common.writeUInt32LE(content.length, 14);
    common.writeUInt32LE(content.length, 18);
    common.writeUInt16LE(name.length, 22);
    const entry = Buffer.alloc(ENTRY_BYTES);
    entry.writeUInt32LE(ENTRY, 0);
    entry.writeUInt16LE(VERSION, 4);
    common.copy(entry, 6);
    entry.writeUInt32LE(offset, 42);
    directory.push(entry, name);
    const head = Buffer.alloc(4);
    head.writeUInt32LE(LOCAL, 0);
    pieces.push(head, common, name, content);
    offset += LOCAL_BYTES + name.length + content.length;
  }
  const end = Buffer.alloc(END_BYTES);
  end.writeUInt32LE(END, 0);
  end.writeUInt16LE(parts.length, 8);
  end.writeUInt16LE(parts.length, 10);
  end.writeUInt32LE(
    directory.reduce((sum, { length }) => sum + length, 0),
    12,
  );
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...pieces, ...directory, end]);
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

function tooLarge(most: number): Unreadable {
  return new Unreadable(`Unpacked it is larger than ${Math.floor(most / 1024 / 1024)} MB`);
}
