/** A certificate that nobody vouches for: what a server has until it gets a better one. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Database } from '../database/database.ts';
import type { Secrets } from '../security/secrets.ts';
import { writtenOnce } from '../write-once.ts';
import type { KeyPair } from './read-certificate.ts';

const YEARS = 10;
const PURPOSE = 'core.selfSigned';
const PRIVATE_KEY = /-----BEGIN (?:EC |RSA )?PRIVATE KEY-----[\s\S]+?-----END (?:EC |RSA )?PRIVATE KEY-----\n?/;

/**
 * The one in the file, which is made where there is none. Key and certificate are in one file: replicas that start together
 * cannot take the key of one and the certificate of another.
 */
export async function selfSignedIn(file: string, hostname: string): Promise<KeyPair> {
  return pairIn(existsSync(file) ? readFileSync(file, 'utf8') : writtenOnce(file, await selfSigned(hostname), 0o600));
}

/**
 * The one of this name that all replicas have, sealed in the database. The first replica brings what older versions had in its
 * data folder, or makes it.
 */
export async function sharedSelfSigned(
  name: string,
  hostname: string,
  { db, secrets, dataDir }: { db: Database; secrets: Secrets; dataDir: string },
): Promise<KeyPair> {
  const row = `self_signed:${name}`;
  const find = () => db.write('core_installation').where({ name: row }).first();
  if (!(await find())) {
    const text = inFiles(dataDir, name) ?? (await selfSigned(hostname));
    const made = { name: row, value: secrets.seal(PURPOSE, text, name) };
    await db.write('core_installation').insert(made).onConflict('name').ignore();
  }
  return pairIn(secrets.open(PURPOSE, (await find())?.value ?? '', name).toString());
}

function inFiles(folder: string, name: string): string | null {
  const read = (file: string) => (existsSync(join(folder, file)) ? readFileSync(join(folder, file), 'utf8') : null);
  const [key, cert] = [read(`${name}-key.pem`), read(`${name}-cert.pem`)];
  return key !== null && cert !== null ? `${key.trim()}\n${cert.trim()}\n` : read(`${name}.pem`);
}

function pairIn(text: string): KeyPair {
  const key = PRIVATE_KEY.exec(text)?.[0] ?? '';
  return { key, cert: text.replace(PRIVATE_KEY, '') };
}

async function selfSigned(hostname: string): Promise<string> {
  const notAfterDate = new Date();
  notAfterDate.setFullYear(notAfterDate.getFullYear() + YEARS);
  // Loaded here, because it is needed once in the life of an installation.
  const { generate } = await import('selfsigned');
  const made = await generate([{ name: 'commonName', value: hostname }], { keyType: 'ec', notAfterDate });
  return `${made.private.trim()}\n${made.cert.trim()}\n`;
}
