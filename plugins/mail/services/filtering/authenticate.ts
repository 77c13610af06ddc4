/** SPF, DKIM, DMARC and ARC of one message (RFC 8601 has the words of the results). Runs in a thread. */
import { authorsOf, isOneAuthor } from '../authors.ts';
import { loadMailauth } from '../mailauth.ts';
import type { Resolve } from '../threads/resolve.ts';
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
  const authors = authorsOf(raw);
  const namesNobody = authors.addresses.length === 0 && authors.isSound;
  return namesNobody || isOneAuthor(authors) ? judged : forged(judged);
}

/**
 * DMARC is about one author. Two of them, in one From field or in two, are the usual way round it: a domain without a policy is
 * judged, and another one is shown (RFC 7489 §6.6.1). Such a message has failed, whatever its signatures say.
 */
function forged(judged: AuthResults): AuthResults {
  const summary = `${judged.summary.replace(/;\s*dmarc=[^;]*/i, '')}; dmarc=fail (several authors)`;
  return { ...judged, dmarc: 'fail', summary: summary.slice(0, MAX_SUMMARY) };
}

/** What is said of a message that was not looked at. */
export function notChecked(result: 'temperror' | 'permerror', reason: string): AuthResults {
  return {
    spf: result,
    dkim: result,
    dmarc: result,
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
