/**
 * Unpacks a ZIP once, within limits, and packs what came out anew. Libraries find a ZIP's parts each in their own way (one by the
 * directory, one from local header to local header, one by a second directory of ZIP64), so a file could show us one document
 * and them another of gigabytes. What they are given is what was looked at, and nothing else.
 */
import { crc32 } from 'node:zlib';
import { contentOf, entriesOf } from './zip.ts';

const END = 0x06054b50;
const ENTRY = 0x02014b50;
const LOCAL = 0x04034b50;
const END_BYTES = 22;
const ENTRY_BYTES = 46;
const LOCAL_BYTES = 30;
const MOST_ENTRIES = 5_000;
const VERSION = 20;
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

/** Unpacked, by their names. Throws `Unreadable`. */
export function unpackedParts(bytes: Buffer, maxUnzippedBytes: number): Map<string, Buffer> {
  return new Map(partsOf(bytes, maxUnzippedBytes).map(({ name, content }) => [name.toString('utf8'), content]));
}

function partsOf(bytes: Buffer, maxBytes: number): Part[] {
  return entriesOf(bytes, { maxEntries: MOST_ENTRIES, maxBytes }).map((entry) => ({
    name: entry.name,
    // All other flags say how something was packed.
    flags: entry.isUtf8 ? UTF8 : 0,
    content: contentOf(bytes, entry),
  }));
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
