/** The certificate of the SMTP receiver: the operator's, or a self-signed one made at the first start. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writtenOnce } from '#core/kit.ts';
import type { MailConfig } from '../config.ts';

export interface Certificate {
  cert: string;
  key: string;
}

const YEARS = 10;
const PRIVATE_KEY = /-----BEGIN (?:EC |RSA )?PRIVATE KEY-----[\s\S]+?-----END (?:EC |RSA )?PRIVATE KEY-----\n?/;

export async function certificateFor(smtp: MailConfig['smtp'], dataDir: string): Promise<Certificate> {
  if (smtp.tls) return { cert: readFileSync(smtp.tls.certFile, 'utf8'), key: readFileSync(smtp.tls.keyFile, 'utf8') };
  return inTwoFiles(dataDir) ?? inOneFile(smtp.hostname, dataDir);
}

/** As it was made by older versions. */
function inTwoFiles(dataDir: string): Certificate | null {
  const certFile = join(dataDir, 'smtp-cert.pem');
  const keyFile = join(dataDir, 'smtp-key.pem');
  if (!existsSync(certFile) || !existsSync(keyFile)) return null;
  return { cert: readFileSync(certFile, 'utf8'), key: readFileSync(keyFile, 'utf8') };
}

/** Key and certificate in one file: replicas that start together cannot take the key of one and the certificate of another. */
async function inOneFile(hostname: string, dataDir: string): Promise<Certificate> {
  const file = join(dataDir, 'smtp.pem');
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
