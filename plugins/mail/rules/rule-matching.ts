/** Matching: whether a message meets a rule's conditions. Without regular expressions: patterns are strangers' input, and so are the texts. */
import type { AuthResults } from '../messages/authentication/mail-authentication.ts';

/** All that are given must hold. Texts are parts, in any case; with a `*` they are the whole. */
export interface RuleConditions {
  sender?: string;
  subject?: string;
  larger_than?: number;
  smaller_than?: number;
  spf?: string[];
  dkim?: string[];
  dmarc?: string[];
}

/** What rules look at. */
export interface Candidate {
  address: string;
  domain: string;
  sender: string;
  subject: string;
  sizeBytes: number;
  auth: AuthResults | null;
}

export function meets(conditions: RuleConditions, { sender, subject, sizeBytes, auth }: Candidate): boolean {
  if (conditions.sender && !matches(conditions.sender, sender)) return false;
  if (conditions.subject && !matches(conditions.subject, subject)) return false;
  if (conditions.larger_than !== undefined && sizeBytes <= conditions.larger_than) return false;
  if (conditions.smaller_than !== undefined && sizeBytes >= conditions.smaller_than) return false;
  for (const method of ['spf', 'dkim', 'dmarc'] as const) {
    const wanted = conditions[method];
    if (wanted && !wanted.includes(auth?.[method] ?? 'none')) return false;
  }
  return true;
}

function matches(pattern: string, text: string): boolean {
  const parts = pattern.toLowerCase().split('*');
  const whole = text.toLowerCase();
  if (parts.length === 1) return whole.includes(parts[0] ?? '');
  const first = parts[0] ?? '';
  const last = parts.at(-1) ?? '';
  if (!whole.startsWith(first) || !whole.endsWith(last) || whole.length < first.length + last.length) return false;
  let at = first.length;
  for (const part of parts.slice(1, -1)) {
    const found = whole.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return at <= whole.length - last.length;
}
