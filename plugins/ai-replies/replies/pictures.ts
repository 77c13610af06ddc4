/** Pictures that go along with what is answered, where some model understands them. */
import type { Conversations, SpokenConversation, SpokenMessage } from '#plugins/robots/contract.ts';
import type { Providers } from '../models/providers.ts';
import type { Picture } from '../models/types.ts';

const MOST_PICTURES = 3;
const LARGEST_BYTES = 4 * 1024 * 1024;

/** By the id of the message. */
export async function picturesOf(
  { id, tenantId }: SpokenConversation,
  pending: readonly SpokenMessage[],
  { conversations, providers }: { conversations: Conversations; providers: Providers },
): Promise<Map<string, Picture>> {
  const shown = pending.filter(({ mediaType }) => mediaType?.startsWith('image/')).slice(-MOST_PICTURES);
  const found = new Map<string, Picture>();
  if (shown.length === 0 || !(await providers.of(tenantId)).some(({ pictures }) => pictures)) return found;
  for (const { id: messageId, mediaType } of shown) {
    const bytes = await conversations.file(id, messageId, LARGEST_BYTES);
    if (bytes && mediaType) found.set(messageId, { mediaType, bytes });
  }
  return found;
}
