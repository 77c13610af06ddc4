/** Backups that only one key opens, in the format of age (https://age-encryption.org/v1), piece by piece. */
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import { ConfigError, messageOf } from '../errors.ts';

/** What people keep, and for whom is encrypted with it. */
export interface KeyPair {
  identity: string;
  recipient: string;
}

export const ENCRYPTED = '.age';
const BEGIN = 'age-encryption.org/v1\n';
const IDENTITY = /^AGE-SECRET-KEY-1[0-9A-Z]+$/;

/** X25519, which every program that knows age can read. */
export async function newKeyPair(): Promise<KeyPair> {
  const { generateX25519Identity, identityToRecipient } = await import('age-encryption');
  const identity = await generateX25519Identity();
  return { identity, recipient: await identityToRecipient(identity) };
}

/** Throws a ConfigError when nobody can be meant. */
export async function encrypted(plain: Readable, recipient: string): Promise<Readable> {
  const { Encrypter } = await import('age-encryption');
  const encrypter = new Encrypter();
  try {
    encrypter.addRecipient(recipient);
  } catch (error) {
    throw new ConfigError(`backups.encryption.recipient is none of age: ${messageOf(error)}`, { cause: error });
  }
  return fromWeb(await encrypter.encrypt(toWeb(plain)));
}

/** Throws when none of the identities opens it; what was changed or cut off is an error of the stream. */
export async function decrypted(sealed: Readable, identities: readonly string[]): Promise<Readable> {
  const { Decrypter } = await import('age-encryption');
  const decrypter = new Decrypter();
  for (const identity of identities) decrypter.addIdentity(identity);
  try {
    return fromWeb(await decrypter.decrypt(toWeb(sealed)));
  } catch (error) {
    sealed.destroy();
    throw error;
  }
}

/** Whether one of the identities opens it, as far as its head tells. */
export async function isOpenedBy(file: string, identities: readonly string[]): Promise<boolean> {
  const source = createReadStream(file);
  try {
    (await decrypted(source, identities)).destroy();
    return true;
  } catch (error) {
    if (/no identity matched/.test(messageOf(error))) return false;
    throw error;
  } finally {
    source.destroy();
  }
}

/** By how it begins, whatever it is called. */
export async function isEncrypted(file: string): Promise<boolean> {
  const handle = await open(file, 'r');
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(BEGIN.length), 0, BEGIN.length, 0);
    return buffer.toString('latin1', 0, bytesRead) === BEGIN;
  } finally {
    await handle.close();
  }
}

/** Of a file as `age-keygen` and the page write it: one a line, with comments. Throws a ConfigError when there is none. */
export function identitiesIn(text: string, file: string): string[] {
  const lines = text.split(/\r?\n/).map((line) => line.trim());
  const found = lines.filter((line) => IDENTITY.test(line));
  if (found.length === 0) throw new ConfigError(`${file} holds no identity of age (AGE-SECRET-KEY-1…)`);
  return found;
}

function toWeb(stream: Readable): globalThis.ReadableStream<Uint8Array> {
  return Readable.toWeb(stream) as globalThis.ReadableStream<Uint8Array>;
}

function fromWeb(stream: globalThis.ReadableStream<Uint8Array>): Readable {
  return Readable.fromWeb(stream as ReadableStream);
}
