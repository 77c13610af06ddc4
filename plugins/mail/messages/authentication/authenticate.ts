/** SPF, DKIM, DMARC and ARC of one message (RFC 8601 has the words of the results). Runs in a thread. */
import { asciiDomain } from '../../addresses.ts';
import { type Authors, authorsOf, isOneAuthor } from '../authors.ts';
import type { Resolve } from '../workers/resolve.ts';
import { loadMailauth } from './mailauth.ts';
import { withinLimits } from './signature-limits.ts';

export interface AuthenticationWish {
  raw: Uint8Array;
  /** Sender of the envelope; '' for a bounce. */
  from: string;
  remoteIp: string;
  helo: string;
  /** Our own name, which the results stand under. */
  mta: string;
}

/** Results in the words of RFC 8601: pass, fail, softfail, neutral, none, temperror, permerror, policy. */
export interface AuthResults {
  spf: string;
  dkim: string;
  dmarc: string;
  arc: string;
  /** Domains whose DKIM signature is good. */
  dkim_domains: string[];
  /** The policy that the author's domain publishes: none, quarantine, reject. */
  dmarc_policy: string;
  /** The line that an Authentication-Results field holds. */
  summary: string;
}

const MAX_SUMMARY = 2_000;

export async function authenticateMessage(
  { raw, from, remoteIp, helo, mta }: AuthenticationWish,
  resolve: Resolve,
): Promise<AuthResults> {
  const limited = withinLimits(Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength));
  if ('reason' in limited) return notChecked('permerror', limited.reason);
  const { authenticate } = await loadMailauth();
  const found = await authenticate(limited.message, {
    ip: remoteIp.replace(/^::ffff:/, ''),
    helo: helo || 'unknown',
    sender: from,
    mta,
    resolver: resolve,
    disableBimi: true,
  });
  const signatures = found.dkim.results ?? [];
  const good = signatures.filter(({ status }) => status?.result === 'pass');
  const dmarc = found.dmarc || null;
  const arc = found.arc || null;
  const judged = {
    spf: found.spf ? found.spf.status.result : 'none',
    dkim: good.length > 0 ? 'pass' : (signatures[0]?.status?.result ?? 'none'),
    dmarc: dmarc?.status?.result ?? 'none',
    arc: arc?.status?.result ?? 'none',
    dkim_domains: good.flatMap(({ signingDomain }) => signingDomain ?? []),
    dmarc_policy: dmarc?.policy ?? 'none',
    summary: summaryOf(found.headers),
  };
  const why = whyForged(authorsOf(raw), dmarc?.status?.header?.from);
  return why === null ? judged : forged(judged, why);
}

/**
 * DMARC is about one author. Two of them, in one From field or in two, or one that each reader finds somewhere else are the usual
 * ways round it: a domain without a policy is judged, and another one is shown (RFC 7489 §6.6.1). Null where the author that is
 * shown is the one that was judged, or where none is.
 */
function whyForged(authors: Authors, judgedDomain: string | undefined): string | null {
  if (authors.addresses.length === 0 && authors.isSound) return null;
  if (!isOneAuthor(authors)) return authors.isSound ? 'several authors' : 'no author that can be read';
  const [author = ''] = authors.addresses;
  const shown = author.slice(author.lastIndexOf('@') + 1);
  // An address of a host has no domain that could have a policy.
  if (shown.startsWith('[')) return null;
  return asciiDomain(shown) === asciiDomain(judgedDomain ?? '') ? null : 'another author';
}

/** Such a message has failed, whatever its signatures say. */
function forged(judged: AuthResults, why: string): AuthResults {
  const summary = `${judged.summary.replace(/;\s*dmarc=[^;]*/i, '')}; dmarc=fail (${why})`;
  return { ...judged, dmarc: 'fail', summary: summary.slice(0, MAX_SUMMARY) };
}

/** What is said of a message that was not looked at. One that cannot be is not found to be its author's: who forges it made it so. */
export function notChecked(result: 'temperror' | 'permerror', reason: string): AuthResults {
  return {
    spf: result,
    dkim: result,
    dmarc: result === 'permerror' ? 'fail' : result,
    arc: 'none',
    dkim_domains: [],
    dmarc_policy: 'none',
    summary: `not checked: ${reason}`,
  };
}

/** What stands in the Authentication-Results field, on one line. */
function summaryOf(headers: string): string {
  const name = 'Authentication-Results:';
  const start = headers.startsWith(name) ? 0 : headers.indexOf(`\n${name}`) + 1;
  const [, field = ''] = headers.slice(start).split(name);
  const lines = field.slice(0, 4 * MAX_SUMMARY).split(/\r?\n/);
  const end = lines.findIndex((line, index) => index > 0 && !/^[ \t]/.test(line));
  return lines
    .slice(0, end < 0 ? undefined : end)
    .join(' ')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, MAX_SUMMARY);
}
