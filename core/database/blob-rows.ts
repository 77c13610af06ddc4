/** Rows of blobs, and of the bytes of segments that deleted ones have left. */
import { type Hash, randomUUID } from 'node:crypto';
import type { Placed } from './segments.ts';

/** Table `core_blobs`. */
export interface BlobRow {
  id: number;
  size_bytes: number;
  /** Content, or null when it lies elsewhere. */
  content: Buffer | null;
  /** Name of a file: it begins with the SHA-256 of its content in hex, or with a part of it. */
  file: string | null;
  /** The segment that it lies in, its place there, and the CRC-32 of its bytes. */
  segment: string | null;
  segment_offset: number | null;
  checksum: number | null;
  created_at: number;
}

/** Bytes of a segment that nobody points to any more. Table `core_released_bytes`. */
export interface ReleasedRow {
  id: number;
  segment: string;
  segment_offset: number;
  size_bytes: number;
  released_at: number;
}

declare global {
  namespace Patchbay {
    interface Tables {
      core_blobs: BlobRow;
      core_released_bytes: ReleasedRow;
    }
  }
}

/** Names of rows in `core_installation` that say of this server alone where its bytes lie: no backup has them. */
export const BYTES_ROWS = 'bytes_%';

/** Of a file or an object: a name of its own, also for content that is there already. */
export function nameOfBlob(hash: Hash): string {
  return `${hash.digest('hex').slice(0, 48)}-${randomUUID().slice(0, 8)}`;
}

/** Where the row says that its bytes lie; null when they lie elsewhere than in a segment. */
export function placedOf({ segment, segment_offset, size_bytes, checksum }: BlobRow): Placed | null {
  if (segment === null) return null;
  return { segment, offset: Number(segment_offset), sizeBytes: Number(size_bytes), checksum: Number(checksum) };
}
