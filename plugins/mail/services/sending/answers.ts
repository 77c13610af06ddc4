/** Answers stand in the thread of what they answer (RFC 5322 §3.6.4). */
import type { MessageRow } from '../../tables.ts';

export function answerTo({ message_ref }: Pick<MessageRow, 'message_ref'>): Record<string, string> {
  if (message_ref === null) return {};
  const reference = `<${message_ref}>`;
  return { 'In-Reply-To': reference, References: reference };
}
