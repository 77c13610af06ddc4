/** A certificate that nobody vouches for: what a server has until it gets a better one. */
import { existsSync, readFileSync } from 'node:fs';
import { writtenOnce } from '../write-once.ts';
import type { KeyPair } from './read-certificate.ts';

const YEARS = 10;
const PRIVATE_KEY = /-----BEGIN (?:EC |RSA )?PRIVATE KEY-----[\s\S]+?-----END (?:EC |RSA )?PRIVATE KEY-----\n?/;

/**
 * The one in the file, which is made where there is none. Key and certificate are in one file: replicas that start together
 * cannot take the key of one and the certificate of another.
 */
export async function selfSignedIn(file: string, hostname: string): Promise<KeyPair> {
  const text = existsSync(file) ? readFileSync(file, 'utf8') : writtenOnce(file, await selfSigned(hostname), 0o600);
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
