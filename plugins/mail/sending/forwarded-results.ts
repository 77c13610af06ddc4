/**
 * Authentication results of a forward: what was found when the message came in, for its seal (RFC 8617 §4.1.1): whoever gets the
 * copy sees by it that SPF and DKIM were good here, when they cannot be any more there.
 */
import type { AuthResults } from '../messages/authentication/authenticate.ts';

/** Under this key in the headers of a mail that is forwarded. */
const KEY = 'authentication-results';
/** Lines are to be no longer than 78 letters (RFC 5322 §2.1.1); results are put on lines of their own. */
const FOLD = ';\r\n ';

export function headersOfForward(auth: AuthResults | null): Record<string, string> {
  return auth ? { [KEY]: auth.summary.startsWith('not checked') ? wordsOf(auth) : resultsIn(auth.summary) } : {};
}

/** What stands behind the instance in ARC-Authentication-Results; mail that was not checked has no results. */
export function resultsForSeal(headers: Readonly<Record<string, string>>, ownName: string): string {
  const results = headers[KEY] ?? 'none';
  return `${ownName}${FOLD}${results.split(/;\s*/).join(FOLD)}`;
}

/** Without the name of who says it. */
function resultsIn(summary: string): string {
  return summary.slice(summary.indexOf(';') + 1).trim() || 'none';
}

function wordsOf({ spf, dkim, dmarc }: AuthResults): string {
  return `spf=${spf}; dkim=${dkim}; dmarc=${dmarc}`;
}
