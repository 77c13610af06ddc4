/** The certificate that nobody vouches for, which the mail ports have where there is no other. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type KeyPair, selfSignedIn } from '#core/kit.ts';
import type { MailConfig } from '../config.ts';

export async function certificateFor(smtp: Pick<MailConfig['smtp'], 'hostname'>, dataDir: string): Promise<KeyPair> {
  return inTwoFiles(dataDir) ?? selfSignedIn(join(dataDir, 'smtp.pem'), smtp.hostname);
}

/** As it was made by older versions. */
function inTwoFiles(dataDir: string): KeyPair | null {
  const certFile = join(dataDir, 'smtp-cert.pem');
  const keyFile = join(dataDir, 'smtp-key.pem');
  if (!existsSync(certFile) || !existsSync(keyFile)) return null;
  return { cert: readFileSync(certFile, 'utf8'), key: readFileSync(keyFile, 'utf8') };
}
