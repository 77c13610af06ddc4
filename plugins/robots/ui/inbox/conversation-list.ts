/** The conversations of a list, page after page, kept true as messages come and as people work through them. */
import { keepPreviousData, useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { $api, isRecord, send, useLive } from 'patchbay/ui';
import { useCallback, useEffect, useMemo, useRef } from 'react';
import { CONVERSATION, CONVERSATIONS, COUNTS, type Conversation } from './place.ts';

interface ConversationPage {
  items: Conversation[];
  next_cursor: string | null;
}

const PAGE_ROWS = 50;
/** Much may come at once: lists are read again at most so often. */
const CALM_MS = 500;

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

/** Reads lists, counts and the open conversation again; what happens within a moment is one reading. */
export function useRefresh(): () => void {
  const client = useQueryClient();
  const timer = useRef<ReturnType<typeof setTimeout> | null>(null);
  useEffect(() => () => clearTimeout(timer.current ?? undefined), []);
  return useCallback(() => {
    timer.current ??= setTimeout(() => {
      timer.current = null;
      for (const path of [CONVERSATIONS, CONVERSATION, COUNTS])
        void client.invalidateQueries({ queryKey: ['get', path] });
    }, CALM_MS);
  }, [client]);
}

export interface News {
  person: string;
  text: string;
}

/** Messages stand in the inbox without anybody asking; `hear` is told of each. */
export function useNews(hear: (news: News) => void): void {
  const refresh = useRefresh();
  useLive(['robot.message', 'robot.command.finished', 'conversation.*'], ({ type, data }) => {
    refresh();
    if (type === 'robot.message' && isRecord(data)) hear({ person: String(data.person), text: String(data.text) });
  });
}
