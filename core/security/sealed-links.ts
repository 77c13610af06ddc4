/**
 * Links that carry, sealed, what they are about: a person who holds one may see or decide that thing. They need no row, and
 * nobody can make one or change what it says. What must be decided once is kept by whoever decides it.
 */
import type { Static, TObject } from 'typebox';
import type { Clock } from '../clock.ts';
import { compileCheck } from '../http/validate.ts';
import type { Secrets } from './secrets.ts';

export interface SealedLink<S extends TObject> {
  /** A token for the link, in characters that need no escaping in an address. */
  seal(content: Static<S>): string;
  /** What the token carries; null when it is not one of these, or its time is over. */
  open(token: string): Static<S> | null;
}

export interface SealedLinkOptions<S extends TObject> {
  /** `plugin.purpose`: a token of another purpose opens nothing. */
  purpose: string;
  content: S;
  /** How long it is good, in ms; null: for as long as what it is about. */
  validMs: number | null;
}

interface Carried {
  content: unknown;
  until: number | null;
}

export function sealedLink<S extends TObject>(
  { secrets, clock }: { secrets: Secrets; clock: Clock },
  { purpose, content, validMs }: SealedLinkOptions<S>,
): SealedLink<S> {
  const check = compileCheck(content, 'link');
  return {
    seal(given) {
      const carried: Carried = { content: given, until: validMs === null ? null : clock.now() + validMs };
      return secrets.seal(purpose, JSON.stringify(carried));
    },
    open(token) {
      const carried = opened(secrets, purpose, token);
      if (!carried || (carried.until !== null && carried.until <= clock.now())) return null;
      return check(carried.content) === null ? (carried.content as Static<S>) : null;
    },
  };
}

function opened(secrets: Secrets, purpose: string, token: string): Carried | null {
  try {
    return JSON.parse(secrets.open(purpose, token).toString('utf8'));
  } catch {
    return null;
  }
}
