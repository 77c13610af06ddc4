/** What a contact has agreed to, for everything that leaves: to who has refused no program writes, and no model reads them. */
import type { ContactRow } from '../tables.ts';

type Wishes = Pick<ContactRow, 'opted_out' | 'consent'>;

/** Why no program writes to somebody; null: nothing speaks against it. People may. */
export function refusalOf(contact: Wishes | undefined): 'opted_out' | 'consent_refused' | null {
  if (contact?.opted_out === 1) return 'opted_out';
  return contact?.consent === 'refused' ? 'consent_refused' : null;
}

/** Of two who are one: who has refused, or wants to hear no more, has said so for both. */
export function wishesOfBoth(one: Wishes, other: Wishes): Wishes {
  const consents = [one.consent, other.consent];
  return {
    consent: consents.includes('refused') ? 'refused' : consents.includes('given') ? 'given' : 'unknown',
    opted_out: Math.max(one.opted_out, other.opted_out),
  };
}
