/** What the customer is told when a person takes over outside of an answer. */
import type { Conversations } from '#plugins/robots/contract.ts';
import { sentenceOf } from './default-messages.ts';
import type { Policies } from './policies.ts';

export async function handoverSentence(
  { conversations, policies }: { conversations: Conversations; policies: Policies },
  conversationId: string,
  robotId: string,
): Promise<string> {
  const [{ policy }, spoken] = await Promise.all([policies.of(robotId), conversations.spoken(conversationId, 1)]);
  return sentenceOf(policy, spoken?.isOpen === false ? 'closed' : 'handover', spoken?.messages.at(-1)?.text ?? '');
}
