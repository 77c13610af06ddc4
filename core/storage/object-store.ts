/**
 * Bytes in a bucket, each blob an object of its own under the name that its row holds. Whoever stores waits until the service has
 * taken it, and commits then. When it does not answer everybody is told so with 503; nothing is taken for gone but what it says is.
 */
import { stat } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { type AppError, ConfigError, coreErrors, messageOf } from '../errors.ts';
import { type Asked, type ListedObject, type S3Client, s3Client } from '../offsite/s3-client.ts';
import { TargetError } from '../offsite/stored-files.ts';
import type { Outbound } from '../outbound/outbound.ts';
import { hasBucket, type StorageConfig } from './config.ts';

export interface ObjectStore {
  /** What people know it by, without secrets. */
  label: string;
  /** Whether new bytes go there; else it is read alone. */
  takesNew: boolean;
  /** What is no larger is a row. */
  rowBytes: number;
  /** All of it, or an error with nothing there that anybody points to. Throws `unavailable`, as all of these do. */
  put(name: string, bytes: Buffer): Promise<void>;
  putFile(name: string, path: string): Promise<void>;
  /** Throws ENOENT when there is none. */
  read(name: string, sizeBytes: number): Promise<Buffer>;
  /** Throws ENOENT when there is none, before anything of it is read. */
  open(name: string): Promise<Readable>;
  /** No error when there is none. */
  remove(name: string): Promise<void>;
  /** All objects, page by page. */
  pages(): AsyncGenerator<ListedObject[]>;
  /** Whose it is; null while it is nobody's. Throws when it does not answer. */
  ping(): Promise<string | null>;
  /**
   * Notes whose it is where nobody has yet. Throws a ConfigError when it is another's: both would delete as nobody's what
   * the other one has stored.
   */
  claim(installation: string): Promise<void>;
  /** A small text of this installation, beside its objects; null when there is none. Throws `unavailable`. */
  readNote(name: string): Promise<string | null>;
  writeNote(name: string, text: string): Promise<void>;
  /** Of an installation that is no more. */
  deleteNotes(): Promise<void>;
}

/** Whose objects they are. It lies above the folder of the objects. */
const OWNER = 'patchbay-owner';
const OBJECTS = 'blobs/';
const NOTES = 'notes/';
/** For a call and its further tries: a sender of mail waits for minutes, a person does not. */
const PATIENCE_MS = 20_000;
/** When it has just let somebody wait for nothing, the next ones wait no longer than so. */
const SHORT_PATIENCE_MS = 2_000;
const TROUBLE_MS = 10_000;
/** For a line that is hardly one. */
const SLOWEST_BYTES_A_SECOND = 200_000;
const PING_MS = 2_500;
/** Nobody who ends or starts waits longer for a note. */
const NOTE_MS = 3_000;
const NOTE_BYTES = 64 * 1024;
const LIST_MS = 15 * 60_000;

/** Null where no bucket is named. */
export function openStore(config: StorageConfig, outbound: Outbound): ObjectStore | null {
  if (!hasBucket(config)) return null;
  const { s3 } = config;
  const objects = s3Client({ ...s3, prefix: `${s3.prefix}${OBJECTS}` }, outbound);
  const notes = s3Client({ ...s3, prefix: `${s3.prefix}${NOTES}` }, outbound);
  const above = s3Client(s3, outbound);
  let troubledUntil = 0;

  return {
    label: above.label,
    takesNew: config.kind === 's3',
    rowBytes: config.rowBytes,
    put: (name, body) =>
      answered(async () => {
        await objects.ask(name, { method: 'PUT', body, signal: patience(body.length) });
      }),
    putFile: (name, path) =>
      answered(async () => {
        const { size } = await stat(path);
        await objects.put(name, path, { signal: patience(size) });
      }),
    read: (name, sizeBytes) => answered(() => read(name, sizeBytes)),
    open: (name) => answered(() => openObject(name)),
    remove: (name) =>
      answered(async () => {
        const asked = objects.ask(name, { method: 'DELETE', fine: [200, 204], signal: patience(0) });
        await asked.catch((error) => {
          if (!isNoObject(error)) throw error;
        });
      }),
    pages,
    ping: () => answered(() => askOwner(AbortSignal.timeout(PING_MS))),
    claim,
    readNote: (name) =>
      answered(() => textOf(notes, name, { maxBytes: NOTE_BYTES, signal: AbortSignal.timeout(NOTE_MS) })),
    writeNote: (name, text) =>
      answered(async () => {
        await notes.ask(name, { method: 'PUT', body: Buffer.from(text), signal: AbortSignal.timeout(NOTE_MS) });
      }),
    deleteNotes: () => answered(deleteNotes),
  };

  async function read(name: string, sizeBytes: number): Promise<Buffer> {
    const signal = patience(sizeBytes);
    const answer = await objects.ask(name, { maxBytes: sizeBytes + 1, signal }).catch((error) => missing(error, name));
    if (answer.body.length === sizeBytes) return answer.body;
    throw new Error(`${name} in ${above.label} has ${answer.body.length} bytes, and had ${sizeBytes}`);
  }

  /** Who reads it may take hours; what is waited for here is its beginning. */
  async function openObject(name: string): Promise<Readable> {
    const control = new AbortController();
    const timer = setTimeout(() => control.abort(late()), isInTrouble() ? SHORT_PATIENCE_MS : PATIENCE_MS);
    try {
      return await objects.open(name, control.signal).catch((error) => missing(error, name));
    } finally {
      clearTimeout(timer);
    }
  }

  async function* pages(): AsyncGenerator<ListedObject[]> {
    const listed = objects.pages(AbortSignal.timeout(LIST_MS));
    for (;;) {
      const page = await answered(() => listed.next());
      if (page.done) return;
      yield page.value;
    }
  }

  async function claim(installation: string): Promise<void> {
    const owner = await answered(ownerNow);
    if (owner === null) {
      await answered(deleteNotes);
      const body = Buffer.from(installation);
      await answered(() => above.ask(OWNER, { method: 'PUT', body, signal: patience(0) }));
    }
    // Asked again: of two that came at the same moment the last one has it.
    const settled = owner ?? (await answered(ownerNow));
    if (settled !== installation) {
      throw new ConfigError(
        `${above.label} holds the bytes of another installation, or of this one before it was restored. Name another prefix ` +
          `(storage.s3.prefix), or delete the object '${OWNER}' there when nothing else works with it`,
      );
    }
  }

  async function ownerNow(): Promise<string | null> {
    return askOwner(patience(0));
  }

  async function askOwner(signal: AbortSignal): Promise<string | null> {
    return (await textOf(above, OWNER, { maxBytes: 4_096, signal }))?.trim() ?? null;
  }

  /** All of them: the prefix is of one installation alone. */
  async function deleteNotes(): Promise<void> {
    for await (const page of notes.pages(patience(0)))
      for (const { name } of page) await notes.ask(name, { method: 'DELETE', fine: [200, 204], signal: patience(0) });
  }

  function patience(sizeBytes: number): AbortSignal {
    const base = isInTrouble() ? SHORT_PATIENCE_MS : PATIENCE_MS;
    return AbortSignal.timeout(base + Math.ceil((sizeBytes / SLOWEST_BYTES_A_SECOND) * 1000));
  }

  function isInTrouble(): boolean {
    return performance.now() < troubledUntil;
  }

  async function answered<T>(work: () => Promise<T>): Promise<T> {
    const hadPatience = !isInTrouble();
    try {
      const answer = await work();
      troubledUntil = 0;
      return answer;
    } catch (error) {
      if (!isOfTheService(error)) throw error;
      // Not prolonged by who had no patience: one that is slow, and no more, is waited for again.
      if (hadPatience) troubledUntil = performance.now() + TROUBLE_MS;
      throw unavailable(error);
    }
  }

  function unavailable(cause: unknown): AppError {
    const message = 'The store of files cannot be reached at the moment; nothing was lost. Try again in a few seconds';
    return coreErrors.unavailable({
      message,
      headers: { 'retry-after': '5' },
      cause: new Error(`${above.label}: ${messageOf(cause)}`, { cause }),
    });
  }
}

/** Null when there is none. */
async function textOf(client: S3Client, name: string, asked: Asked): Promise<string | null> {
  try {
    return (await client.ask(name, asked)).text();
  } catch (error) {
    if (isNoObject(error)) return null;
    throw error;
  }
}

/** What it refuses, does not answer, or answers too late. */
function isOfTheService(error: unknown): boolean {
  return error instanceof TargetError || (error instanceof Error && /^(?:TimeoutError|AbortError)$/.test(error.name));
}

function late(): Error {
  return Object.assign(new Error('It did not answer in time'), { name: 'TimeoutError' });
}

/** Said of this object alone: that there is no bucket, or no such page, is said with 404 as well. */
function isNoObject(error: unknown): boolean {
  return error instanceof TargetError && error.status === 404 && error.message.includes('(NoSuchKey');
}

function missing(error: unknown, name: string): never {
  throw isNoObject(error)
    ? Object.assign(new Error(`There is no object ${name}`, { cause: error }), { code: 'ENOENT' })
    : error;
}
