/** Reads a JSON body: bounded in size, strict in encoding. */
import type { IncomingMessage } from 'node:http';
import { coreErrors } from '../errors.ts';

const utf8 = new TextDecoder('utf-8', { fatal: true });
/** Ajv walks as deep as its schema, but JSON.parse and JSON.stringify walk everything. */
const MAX_DEPTH = 100;

/**
 * The parsed body; undefined for an empty one. Throws `payload_too_large`, `unsupported_media_type`,
 * `invalid_json` (also for invalid UTF-8, RFC 8259 §8.1).
 */
export async function readJson(
  request: IncomingMessage,
  limitBytes: number,
  parse: (text: string) => unknown = JSON.parse,
): Promise<unknown> {
  const coding = request.headers['content-encoding'] ?? 'identity';
  if (coding.toLowerCase() !== 'identity') {
    throw coreErrors.unsupported_media_type({
      message: `Send the body as it is, without Content-Encoding: ${coding}`,
      headers: { 'accept-encoding': 'identity' },
    });
  }
  const bytes = await readBytes(request, limitBytes);
  if (bytes.length === 0) return undefined;
  const type = request.headers['content-type'] ?? '';
  if (!/^application\/(json|[\w.+-]+\+json)\s*(;|$)/i.test(type)) throw coreErrors.unsupported_media_type();
  let text: string;
  try {
    text = utf8.decode(bytes);
  } catch {
    throw coreErrors.invalid_json({ message: 'The body is not valid UTF-8' });
  }
  if (isTooDeep(text)) throw coreErrors.invalid_json({ message: `The body nests deeper than ${MAX_DEPTH} levels` });
  try {
    return parse(text);
  } catch {
    throw coreErrors.invalid_json();
  }
}

/** All bytes of a body, at most `limitBytes`. */
export async function readBytes(request: IncomingMessage, limitBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  await passBytes(request, limitBytes, (chunk) => void chunks.push(chunk));
  return chunks.length === 1 ? (chunks[0] ?? Buffer.alloc(0)) : Buffer.concat(chunks);
}

/**
 * Gives all bytes of a body, at most `limitBytes`, to `write` as they come; what that gives is waited for before more is
 * read. By its events, without the promises of an async iterator.
 */
export function passBytes(
  request: IncomingMessage,
  limitBytes: number,
  write: (chunk: Buffer) => Promise<void> | undefined,
): Promise<void> {
  if (Number(request.headers['content-length'] ?? 0) > limitBytes) return Promise.reject(tooLarge(limitBytes));
  return new Promise((resolve, reject) => {
    let size = 0;
    let isOver = false;
    const gather = (chunk: Buffer): void => {
      size += chunk.length;
      const written = size > limitBytes ? fail(tooLarge(limitBytes)) : write(chunk);
      if (!written) return;
      request.pause();
      written.then(() => {
        if (!isOver) request.resume();
      }, fail);
    };
    const breakOff = (): void => {
      if (!request.complete) fail(coreErrors.bad_request({ message: 'The body ended early' }));
    };
    const finish = (): void => {
      stop();
      resolve();
    };
    const fail = (error: unknown): undefined => {
      // What is left of a body that is too large stays unread.
      request.pause();
      stop();
      reject(error);
    };
    const stop = (): void => {
      isOver = true;
      request.off('data', gather).off('end', finish).off('error', breakOff).off('close', breakOff);
    };
    if (request.destroyed) breakOff();
    if (!isOver) request.on('data', gather).on('end', finish).on('error', breakOff).on('close', breakOff);
  });
}

/** The connection is closed after it: what follows would be the rest of the body. */
function tooLarge(limitBytes: number) {
  return coreErrors.payload_too_large({ extra: { limit_bytes: limitBytes }, headers: { connection: 'close' } });
}

/** Whether JSON nests deeper than any body may. Counts brackets outside of strings, before anything is built. */
export function isTooDeep(text: string): boolean {
  if (text.length < MAX_DEPTH) return false;
  let depth = 0;
  let inString = false;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (inString) {
      if (code === 0x5c) index++;
      else if (code === 0x22) inString = false;
    } else if (code === 0x22) inString = true;
    else if (code === 0x7b || code === 0x5b) {
      if (++depth > MAX_DEPTH) return true;
    } else if (code === 0x7d || code === 0x5d) depth--;
  }
  return false;
}
