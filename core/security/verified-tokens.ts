/**
 * Tokens that this process has verified already: checking a signature takes a trip to another thread, and who comes with a
 * token comes with it again and again. Only what the signature says is remembered; whether its owner may still use it is
 * asked each time by who verifies.
 */
import type { Clock } from '../clock.ts';

/** More than this and all are forgotten: bounded memory without bookkeeping on each hit. */
const MOST_TOKENS = 10_000;

/** Gives the claims of a token, by `verify` where they are not known. `exp` is in seconds since the epoch (RFC 7519 §4.1.4). */
export function rememberTokens<C extends { exp: number }>(
  clock: Pick<Clock, 'now'>,
  verify: (token: string) => Promise<C>,
): (token: string) => Promise<C> {
  const known = new Map<string, C>();

  return async (token) => {
    const found = known.get(token);
    if (found && found.exp * 1000 > clock.now()) return found;
    known.delete(token);
    const claims = await verify(token);
    if (known.size >= MOST_TOKENS) known.clear();
    known.set(token, claims);
    return claims;
  };
}
