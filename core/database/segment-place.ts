/** Reading a part of a file, whole and undamaged or not at all: in the main thread, and in threads that only read. */
import { closeSync, openSync, readSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import { codeOf } from '../errors.ts';

/** The code of the error, as ENOENT is that of bytes that are gone: errno(3) calls a bad message so. */
const DAMAGED = 'EBADMSG';

/** Whether the bytes themselves are gone or damaged, and not the way to them. */
export function isLost(error: unknown): boolean {
  return [DAMAGED, 'ENOENT'].includes(codeOf(error) ?? '');
}

/** Plain data, to be handed to threads. */
export interface SegmentPlace {
  path: string;
  offset: number;
  sizeBytes: number;
  checksum: number;
}

export async function readWhole(place: SegmentPlace): Promise<Buffer> {
  const bytes = Buffer.allocUnsafe(place.sizeBytes);
  const handle = await open(place.path, 'r');
  try {
    const { bytesRead } = await handle.read(bytes, 0, place.sizeBytes, place.offset);
    return checked(bytes, bytesRead, place);
  } finally {
    await handle.close();
  }
}

/** The same for threads that may wait for the disk. The file that was read last stays open, since the next is mostly in it too. */
export function createPlaceReader(): (place: SegmentPlace) => Buffer {
  let last: { path: string; handle: number } | null = null;
  return (place) => {
    const bytes = Buffer.allocUnsafe(place.sizeBytes);
    return checked(bytes, readSync(handleOf(place.path), bytes, 0, place.sizeBytes, place.offset), place);
  };

  function handleOf(path: string): number {
    if (last?.path === path) return last.handle;
    if (last) closeSync(last.handle);
    last = null;
    last = { path, handle: openSync(path, 'r') };
    return last.handle;
  }
}

function checked(bytes: Buffer, bytesRead: number, { path, offset, sizeBytes, checksum }: SegmentPlace): Buffer {
  if (bytesRead === sizeBytes && crc32(bytes) === checksum) return bytes;
  const message = `${sizeBytes} bytes at ${offset} of ${path} are damaged`;
  throw Object.assign(new Error(message), { code: DAMAGED });
}
