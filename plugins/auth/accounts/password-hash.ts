/** The hash of a password that may be used. */
import type { Services } from '#core/plugin.ts';
import { authErrors } from '../errors.ts';

/** Throws `weak_password`. Slow: never inside a transaction. */
export async function hashOf(passwords: Services['passwords'], password: string): Promise<string> {
  const problem = passwords.problemWith(password);
  if (problem) throw authErrors.weak_password({ message: problem });
  return passwords.hash(password);
}
