/** The mails of a list, page after page, kept true as mail comes in and as they are read. */
import { type InfiniteData, keepPreviousData, useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { send, useLive, useLiveRefresh, useRows, useSoon, useStore } from 'patchbay-platform/ui';
import { useCallback, useMemo } from 'react';
import { hidden } from './hidden.ts';
import { LISTS, type Mail, type Place } from './place.ts';

interface MailPage {
  items: Mail[];
  next_cursor: string | null;
}

const PAGE_ROWS = 50;
export const MAILBOXES = '/api/platform/mail/mailboxes';
/** Further ones are found on their own page. */
export const MOST_MAILBOXES = 200;

export function useMailList({ folder, query }: Pick<Place, 'folder' | 'query'>) {
  const list = LISTS[folder];
  const result = useInfiniteQuery({
    queryKey: ['get', list, query],
    initialPageParam: '',
    placeholderData: keepPreviousData,
    getNextPageParam: (page: MailPage) => page.next_cursor,
    async queryFn({ pageParam, signal }): Promise<MailPage> {
      const asked = { ...query, limit: String(PAGE_ROWS), ...(pageParam !== '' && { cursor: pageParam }) };
      const answer = await send(`${list}?${new URLSearchParams(asked)}`, { signal });
      return answer.json();
    },
  });
  const gone = useStore(hidden);
  const mails = useMemo(
    () => result.data?.pages.flatMap(({ items }) => items.filter(({ id }) => !gone.has(id))) ?? [],
    [result.data, gone],
  );
  return { ...result, mails };
}

/** The mailboxes beside the list, with what is unread in each. */
export function useMailboxes() {
  return useRows(MAILBOXES, { query: { sort: 'address' }, limit: MOST_MAILBOXES });
}

/** Reads lists and mailboxes again. */
function useReadAgain(): () => Promise<unknown> {
  const client = useQueryClient();
  return useCallback(
    () =>
      Promise.all(
        [...Object.values(LISTS), MAILBOXES].map((path) => client.invalidateQueries({ queryKey: ['get', path] })),
      ),
    [client],
  );
}

/** The same for somebody who has changed something; what is changed within a moment is one reading. */
export function useRefresh(): () => void {
  return useSoon(useReadAgain());
}

/** New mail stands in the list without anybody asking; `receive` gets each. */
export function useNewMail(receive: (subject: string) => void): void {
  useLiveRefresh(['mail.received', 'mailbox.created', 'mailbox.expired'], useReadAgain());
  useLive(['mail.received'], ({ type, data }) => {
    if (type !== 'mail.received' || typeof data !== 'object' || data === null || !('subject' in data)) return;
    receive(String(data.subject));
  });
}

/** Changes mails where they stand in lists, before the server has said so. */
export function usePatchLists(): (id: number, patch: Partial<Mail> | null) => void {
  const client = useQueryClient();
  return useCallback(
    (id, patch) => {
      for (const path of Object.values(LISTS))
        client.setQueriesData<InfiniteData<MailPage>>({ queryKey: ['get', path] }, (data) =>
          data && 'pages' in data ? { ...data, pages: data.pages.map((page) => patched(page, id, patch)) } : data,
        );
    },
    [client],
  );
}

function patched(page: MailPage, id: number, patch: Partial<Mail> | null): MailPage {
  if (!page.items.some((mail) => mail.id === id)) return page;
  const items = page.items.flatMap((mail) => (mail.id !== id ? [mail] : patch === null ? [] : [{ ...mail, ...patch }]));
  return { ...page, items };
}
