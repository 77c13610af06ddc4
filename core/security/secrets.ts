/** The master secret and what is derived from it: keys for each purpose, encryption at rest, signatures. */
import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError, codeOf } from '../errors.ts';
import { userId } from '../user-id.ts';
import { writtenOnce } from '../write-once.ts';

export interface Secrets {
  /** A key for one purpose (HKDF-SHA256, RFC 5869); the same at every start. */
  derive(purpose: string, bytes?: number): Buffer;
  /** Encrypts with AES-256-GCM. `context` (e.g. a row's id) must be the same when it is opened. */
  seal(purpose: string, plaintext: string | Buffer, context?: string): string;
  /** Opens what `seal` made. Throws when it, its purpose or its context was changed. */
  open(purpose: string, sealed: string, context?: string): Buffer;
  /** HMAC-SHA256 of a text, base64url. */
  sign(purpose: string, text: string): string;
  /** Tells this master secret from others, and nothing about it. */
  fingerprint: string;
}

export const SECRETS_FILE = 'secrets.json';
const MIN_SECRET_LENGTH = 32;
const VERSION = 'v1.';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** Without a secret: one is made and kept, or that is an error, or one serves this process alone and is kept nowhere. */
export type WhenMissing = 'make' | 'refuse' | 'pass over';

export interface SecretsOptions {
  dataDir: string;
  env: NodeJS.ProcessEnv;
  whenMissing?: WhenMissing;
}

/** Reads PATCHBAY_SECRET, else `secrets.json` in the data folder, which is made at the first start with mode 0600. */
export function createSecrets({ dataDir, env, whenMissing = 'make' }: SecretsOptions): Secrets {
  const master = env.PATCHBAY_SECRET
    ? fromEnvironment(env.PATCHBAY_SECRET)
    : fromFile(join(dataDir, SECRETS_FILE), whenMissing);
  const keys = new Map<string, Buffer>();

  return {
    derive,
    fingerprint: derive('fingerprint', 16).toString('hex'),
    seal(purpose, plaintext, context = '') {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv('aes-256-gcm', derive(`seal:${purpose}`), nonce);
      cipher.setAAD(Buffer.from(context));
      const sealed = Buffer.concat([nonce, cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]);
      return VERSION + sealed.toString('base64url');
    },
    open(purpose, sealed, context = '') {
      const bytes = Buffer.from(sealed.slice(VERSION.length), 'base64url');
      if (!sealed.startsWith(VERSION) || bytes.length < NONCE_BYTES + TAG_BYTES) {
        throw new Error('This is not a sealed value');
      }
      const decipher = createDecipheriv('aes-256-gcm', derive(`seal:${purpose}`), bytes.subarray(0, NONCE_BYTES));
      decipher.setAAD(Buffer.from(context));
      decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
      return Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()]);
    },
    sign: (purpose, text) =>
      createHmac('sha256', derive(`sign:${purpose}`))
        .update(text)
        .digest('base64url'),
  };

  function derive(purpose: string, bytes = 32): Buffer {
    const name = `${purpose}/${bytes}`;
    let key = keys.get(name);
    if (!key) {
      key = Buffer.from(hkdfSync('sha256', master, 'patchbay', purpose, bytes));
      keys.set(name, key);
    }
    return key;
  }
}

function fromEnvironment(secret: string): Buffer {
  if (secret.length < MIN_SECRET_LENGTH) {
    throw new ConfigError(`PATCHBAY_SECRET must have at least ${MIN_SECRET_LENGTH} characters`);
  }
  return Buffer.from(secret);
}

function fromFile(file: string, whenMissing: WhenMissing): Buffer {
  if (!existsSync(file)) {
    if (whenMissing === 'pass over') return randomBytes(32);
    if (whenMissing === 'refuse') throw missing(file);
    writtenOnce(file, `${JSON.stringify({ master: randomBytes(32).toString('base64') })}\n`, 0o600);
  }
  if ((statSync(file).mode & 0o077) !== 0) {
    throw new ConfigError(`${file} can be read by others; run: chmod 600 ${file}`);
  }
  const text = read(file);
  let master: unknown;
  try {
    master = JSON.parse(text).master;
  } catch (error) {
    throw new ConfigError(`${file} is damaged; restore it from a backup`, { cause: error });
  }
  if (typeof master !== 'string' || master.length < MIN_SECRET_LENGTH) {
    throw new ConfigError(`${file} holds no master secret; restore it from a backup`);
  }
  return Buffer.from(master, 'base64');
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new ConfigError(
      `${file} cannot be read by this user${userId()}: it belongs to somebody else (${codeOf(error)})`,
    );
  }
}

function missing(file: string): ConfigError {
  return new ConfigError(
    `The master secret of this database is missing: there is no ${file}, and PATCHBAY_SECRET is not set. ` +
      'Bring back the file or the variable that this database was made with; what is sealed cannot be opened without it',
  );
}
