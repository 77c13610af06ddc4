/** The certificate of the SMTP receiver: the operator's, or a self-signed one made at the first start. */
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { MailConfig } from '../config.ts';

export interface Certificate {
  cert: string;
  key: string;
}

const YEARS = 10;

export async function certificateFor(smtp: MailConfig['smtp'], dataDir: string): Promise<Certificate> {
  if (smtp.tls) return { cert: readFileSync(smtp.tls.certFile, 'utf8'), key: readFileSync(smtp.tls.keyFile, 'utf8') };
  const certFile = join(dataDir, 'smtp-cert.pem');
  const keyFile = join(dataDir, 'smtp-key.pem');
  if (!existsSync(certFile) || !existsSync(keyFile)) {
    const notAfterDate = new Date();
    notAfterDate.setFullYear(notAfterDate.getFullYear() + YEARS);
    // Loaded here, because it is needed once in the life of an installation.
    const { generate } = await import('selfsigned');
    const made = await generate([{ name: 'commonName', value: smtp.hostname }], { keyType: 'ec', notAfterDate });
    writeWhole(keyFile, made.private, 0o600);
    writeWhole(certFile, made.cert, 0o644);
  }
  return { cert: readFileSync(certFile, 'utf8'), key: readFileSync(keyFile, 'utf8') };
}

function writeWhole(file: string, text: string, mode: number): void {
  const temporary = `${file}.${process.pid}`;
  writeFileSync(temporary, text, { mode });
  renameSync(temporary, file);
}
