/** One session for all tabs: who signs out in one has signed out in all, and who signs in again goes on in all. */
import { useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { type Me, meQuery } from '../client/me.ts';
import { sessionGoesOn } from '../client/session-end.ts';
import { onSessionNews } from '../client/session-news.ts';

/** Another person's session is another page: nothing of the former one stays. */
export function useSessionOfTabs(me: Me): void {
  const queries = useQueryClient();
  const person = me.user?.id;
  useEffect(
    () =>
      onSessionNews(async (news) => {
        if (news === 'signed out') return location.assign('/sign-in');
        const now = await queries.fetchQuery({ ...meQuery, staleTime: 0 });
        if (now?.user?.id !== person) return location.reload();
        sessionGoesOn();
        await queries.invalidateQueries();
      }),
    [queries, person],
  );
}
