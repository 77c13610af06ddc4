/** The conversations of a list, page after page, kept true as messages come and as people work through them. */
import { keepPreviousData, useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { $api, isRecord, send, useLive, useLiveRefresh, useSoon } from 'patchbay-platform/ui';
import { useCallback, useMemo } from 'react';
import { STATE_TOPICS } from '../parts/robots-data.ts';
import { CONVERSATION, CONVERSATIONS, COUNTS, type Conversation } from './place.ts';

interface ConversationPage {
  items: Conversation[];
  next_cursor: string | null;
}

const PAGE_ROWS = 50;

export function useConversations(query: Readonly<Record<string, string>>) {
  const result = useInfiniteQuery({
    queryKey: ['get', CONVERSATIONS, query],
    initialPageParam: '',
    placeholderData: keepPreviousData,
    getNextPageParam: (page: ConversationPage) => page.next_cursor,
    async queryFn({ pageParam, signal }): Promise<ConversationPage> {
      const asked = { ...query, limit: String(PAGE_ROWS), ...(pageParam !== '' && { cursor: pageParam }) };
      const answer = await send(`${CONVERSATIONS}?${new URLSearchParams(asked)}`, { signal });
      return answer.json();
    },
  });
  const conversations = useMemo(() => result.data?.pages.flatMap(({ items }) => items) ?? [], [result.data]);
  return { ...result, conversations };
}

export function useCounts() {
  return $api.useQuery('get', COUNTS);
}

/** Reads lists, counts and the open conversation again. */
export function useReadAgain(): () => Promise<unknown> {
  const client = useQueryClient();
  return useCallback(
    () =>
      Promise.all(
        [CONVERSATIONS, CONVERSATION, COUNTS].map((path) => client.invalidateQueries({ queryKey: ['get', path] })),
      ),
    [client],
  );
}

/** The same for somebody who has changed something; what is changed within a moment is one reading. */
export function useRefresh(): () => void {
  return useSoon(useReadAgain());
}

export interface News {
  person: string;
  text: string;
}

/** Messages stand in the inbox without anybody asking; `receive` gets each. */
export function useNews(receive: (news: News) => void): void {
  useLiveRefresh(['robot.message', 'robot.command.finished', 'conversation.*', ...STATE_TOPICS], useReadAgain());
  useLive(['robot.message'], ({ type, data }) => {
    if (type === 'robot.message' && isRecord(data)) receive({ person: String(data.person), text: String(data.text) });
  });
}
