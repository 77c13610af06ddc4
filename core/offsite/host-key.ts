/** Whether a server of SSH is the one that is meant: by the fingerprint of its key, which somebody has confirmed. */
import { createHash } from 'node:crypto';
import { TargetError } from './stored-files.ts';

/** As `ssh-keygen -lf` prints it, with the kind of key before it or without. */
export const FINGERPRINT = '^((ssh-ed25519|ssh-rsa|ecdsa-sha2-nistp(256|384|521)) )?SHA256:[A-Za-z0-9+/]{43}=?$';

/** It is another server, or nobody has said yet which one it is. Nothing was sent to it. */
export class HostKeyError extends TargetError {
  override name = 'HostKeyError';
  /** What it shows, as it is set. */
  seen: string;

  constructor(host: string, expected: string, seen: string) {
    super(
      expected === ''
        ? `${host} shows the key ${seen}, and nobody has said that it is the right one. Compare it with what the operator of ` +
            'the server names, and set it as fingerprint'
        : `${host} shows another key than the one that is set: ${seen}, not ${expected}. Nothing was sent to it`,
    );
    this.seen = seen;
  }
}

export function fingerprintOf(key: Buffer): string {
  return `${kindOf(key)} SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`;
}

/** One that was set without its kind fits by its sum alone. */
export function isSameKey(expected: string, seen: string): boolean {
  const bare = (one: string): string => one.replace(/=+$/, '').split(' ').at(-1) ?? '';
  return expected !== '' && bare(expected) === bare(seen);
}

/** What may be agreed on, so that a key of another kind that the server has got besides changes nothing. */
export function algorithmsFor(expected: string): string[] | null {
  const [kind] = expected.split(' ');
  if (!expected.includes(' ') || kind === undefined) return null;
  return kind === 'ssh-rsa' ? ['rsa-sha2-512', 'rsa-sha2-256'] : [kind];
}

/** A key begins with the length and the name of its kind (RFC 4253, 6.6). */
function kindOf(key: Buffer): string {
  const length = key.length < 4 ? 0 : key.readUInt32BE(0);
  return key.toString('latin1', 4, 4 + Math.min(length, 40)).replace(/[^\w-]/g, '?');
}
