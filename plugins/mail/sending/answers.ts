/** Header fields of answers, which stand in the thread of what they answer (RFC 5322 §3.6.4). */
import type { OpenedMessage } from '../message-opening.ts';

/** `references`: what the answered mail refers to itself, the newest first, without brackets. */
export function answerTo(
  { message_ref }: Pick<OpenedMessage, 'message_ref'>,
  references: readonly string[],
): Record<string, string> {
  if (message_ref === null) return {};
  const thread = [...references.filter((one) => one !== message_ref).reverse(), message_ref];
  return { 'In-Reply-To': `<${message_ref}>`, References: thread.map((one) => `<${one}>`).join(' ') };
}
