/** Whether a robot answers what it has heard at all: by its mode, its policy, and who the conversation belongs to. */
import type { SpokenConversation, SpokenMessage } from '#plugins/robots/contract.ts';
import type { Policy } from './policy.ts';

/** What of a message decides whether it is meant for the robot. */
export interface Addressed {
  /** '' for a conversation with a person alone. */
  group: string;
  text: string;
  isAtMe: boolean;
}

/** Why nothing is answered; null when it is. */
export type Refusal = 'mode' | 'taken' | 'contact_consent' | 'not_addressed' | 'hours' | null;

export function isAddressed(policy: Policy, { group, text, isAtMe }: Addressed): boolean {
  if (group === '') return policy.private === 'always';
  if (policy.groups === 'never') return false;
  if (policy.groups === 'always' || isAtMe) return true;
  if (policy.groups === 'mention') return false;
  const said = folded(text);
  return policy.keywords.some((keyword) => said.includes(folded(keyword)));
}

/** `isOurs`: models or an assistant speak for the robot, and not its callbacks or nobody. */
export function refusalOf(
  policy: Policy,
  spoken: SpokenConversation,
  pending: readonly SpokenMessage[],
  isOurs: boolean,
): Refusal {
  if (!isOurs) return 'mode';
  // Who has refused is answered by people: their words go to no model.
  if (spoken.contact.consent === 'refused') return 'contact_consent';
  if (!spoken.isAutomatic) return 'taken';
  const { group } = spoken;
  if (!pending.some(({ text, isAtMe }) => isAddressed(policy, { group, text, isAtMe }))) return 'not_addressed';
  if (policy.hours !== 'always' && (policy.hours === 'open') !== spoken.isOpen) return 'hours';
  return null;
}

/** What the contact has said since the turn began, were it before a long pause. */
export function pendingOf(
  { earlier, messages }: Pick<SpokenConversation, 'earlier' | 'messages'>,
  { first_message, decided_message }: { first_message: string; decided_message: string },
): SpokenMessage[] {
  const heard = [...earlier, ...messages].filter(({ author }) => author === 'contact');
  const decided = heard.findIndex(({ id }) => id === decided_message);
  const fresh = heard.slice(decided + 1);
  const place = fresh.findIndex(({ id }) => id === first_message);
  const first = fresh[place];
  // Of the same moment it is not known which came first; and the clock may have been set back meanwhile.
  if (first) return fresh.filter(({ at }, other) => other >= place || at >= first.at);
  // The beginning is older than what was read: what is newest stands for all of it.
  return fresh.slice(-1);
}

function folded(text: string): string {
  return text.normalize('NFKC').toLowerCase();
}
