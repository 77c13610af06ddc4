/** What was said in a conversation: the newest at once, older ones as somebody looks for them. */
import { useInfiniteQuery } from '@tanstack/react-query';
import { type RowOf, send } from 'patchbay-platform/ui';
import { useMemo } from 'react';
import { CONVERSATION } from './place.ts';

const MESSAGES = '/api/platform/robots/conversations/{id}/messages';
const PAGE_ROWS = 50;
export type Message = RowOf<typeof MESSAGES>;

interface MessagePage {
  items: Message[];
  next_cursor: string | null;
}

/** Oldest first, as they are read. */
export function useMessages(id: string) {
  const path = MESSAGES.replace('{id}', encodeURIComponent(id));
  const result = useInfiniteQuery({
    queryKey: ['get', CONVERSATION, 'messages', id],
    initialPageParam: '',
    getNextPageParam: (page: MessagePage) => page.next_cursor,
    async queryFn({ pageParam, signal }): Promise<MessagePage> {
      const asked = { limit: String(PAGE_ROWS), ...(pageParam !== '' && { cursor: pageParam }) };
      const answer = await send(`${path}?${new URLSearchParams(asked)}`, { signal });
      return answer.json();
    },
  });
  const messages = useMemo(() => result.data?.pages.flatMap(({ items }) => items).reverse() ?? [], [result.data]);
  return { ...result, messages };
}

export function addressOfFile(conversation: string, message: string): string {
  return `${MESSAGES.replace('{id}', encodeURIComponent(conversation))}/${encodeURIComponent(message)}/file`;
}
