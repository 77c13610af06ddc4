/** Password hashing with argon2id, and the rules for new passwords. */
import { readFileSync } from 'node:fs';
import { hash as argon2, verify as argon2Verify } from '@node-rs/argon2';
import { coreErrors } from '../errors.ts';
import { createSemaphore } from '../semaphore.ts';

export interface Passwords {
  /** Hash in PHC format. */
  hash(password: string): Promise<string>;
  /** Without a hash it takes just as long and says no: nobody learns from the time whether an account exists. */
  verify(hash: string | null, password: string): Promise<boolean>;
  /** A sentence when the password may not be used, else null. */
  problemWith(password: string): string | null;
}

/** What one hash costs: KiB of memory, and passes over it. A hash says itself what it cost, so any can be verified. */
export interface PasswordCost {
  memoryCost: number;
  timeCost: number;
}

/** OWASP Password Storage Cheat Sheet: argon2id, 19 MiB, 2 passes, 1 lane. `algorithm: 2` is argon2id. */
const RECOMMENDED: PasswordCost = { memoryCost: 19_456, timeCost: 2 };
const ARGON2ID = { algorithm: 2, parallelism: 1 };
const MIN_LENGTH = 8;
const MAX_BYTES = 1024;
/** Each hash costs 19 MiB and some 20 ms of a core, so a flood of sign-ins must not run all at once. */
const MAX_AT_ONCE = 2;
const MAX_WAITING = 200;

export function createPasswords(cost: PasswordCost = RECOMMENDED): Passwords {
  const options = { ...ARGON2ID, ...cost };
  const common = new Set(readFileSync(new URL('./common-passwords.txt', import.meta.url), 'utf8').split('\n'));
  const semaphore = createSemaphore(MAX_AT_ONCE, MAX_WAITING, tooMany);
  let nobody: Promise<string> | undefined;

  return {
    hash: (password) => semaphore.run(() => argon2(normal(password), options)),
    async verify(hash, password) {
      if (Buffer.byteLength(password) > MAX_BYTES) return false;
      nobody ??= argon2('nobody has this password', options);
      const against = hash ?? (await nobody);
      const isRight = await semaphore.run(() => argon2Verify(against, normal(password)));
      return isRight && hash !== null;
    },
    problemWith(password) {
      if ([...password].length < MIN_LENGTH) return `A password needs at least ${MIN_LENGTH} characters`;
      if (Buffer.byteLength(password) > MAX_BYTES) return `A password may have at most ${MAX_BYTES} bytes`;
      if (common.has(password.toLowerCase()) || /^(.)\1*$/u.test(password))
        return 'This password is among the most common ones';
      return null;
    },
  };
}

/** The same password typed on another keyboard may come in another Unicode form (NIST SP 800-63B §5.1.1.2). */
function normal(password: string): string {
  return password.normalize('NFKC');
}

function tooMany(): Error {
  return coreErrors.unavailable({ message: 'Too many sign-ins at once; try again', headers: { 'retry-after': '5' } });
}
