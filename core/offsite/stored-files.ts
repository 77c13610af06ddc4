/** What every place away from the server can do with files that lie there under names. */
import type { Readable } from 'node:stream';

export interface StoredFile {
  name: string;
  size_bytes: number;
}

export interface Sending {
  signal: AbortSignal;
  /** Bytes that are there. */
  report?(done: number): void;
  /** Told before the first byte what `discard` needs when this process is gone meanwhile. */
  begun?(upload: string): Promise<void>;
}

export interface Target {
  /** What people know it by, without secrets: `s3://host/bucket/folder/`. */
  label: string;
  list(signal: AbortSignal): Promise<StoredFile[]>;
  /** A file under this name: all of it or nothing. */
  put(name: string, file: string, sending: Sending): Promise<void>;
  /** Throws when there is none. */
  open(name: string, signal: AbortSignal): Promise<Readable>;
  /** No error when there is none. */
  remove(name: string, signal: AbortSignal): Promise<void>;
  /** Removes what an upload has left that was cut off. */
  discard(name: string, upload: string, signal: AbortSignal): Promise<void>;
}

/** The place did not do what it was asked for. */
export class TargetError extends Error {
  override name = 'TargetError';
  /** What it was answered with, over HTTP; null when nothing was answered. */
  readonly status: number | null;

  constructor(message: string, { status = null, ...options }: ErrorOptions & { status?: number | null } = {}) {
    super(message, options);
    this.status = status;
  }
}
