/** What can be done with a mail from the reader, with its undo. */
import { useQueryClient } from '@tanstack/react-query';
import { $api, api, doUnlessUndone, notifyDone, notifyFailed } from 'patchbay-platform/ui';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { hide, show } from './hidden.ts';
import type { Folder, Mail } from './place.ts';
import { usePatchLists, useRefresh } from './use-mails.ts';

const ONE = '/api/platform/mail/messages/{id}';

/** One mail, opened: which marks it as read, so it is asked for once. */
export function useMail(id: number, enabled = true) {
  return $api.useQuery(
    'get',
    ONE,
    { params: { path: { id } } },
    { staleTime: Number.POSITIVE_INFINITY, refetchOnWindowFocus: false, retry: false, enabled },
  );
}

export type OpenMail = NonNullable<ReturnType<typeof useMail>['data']>;

export interface MailActions {
  markRead(mail: Pick<Mail, 'id' | 'read'>, isRead: boolean): Promise<void>;
  tag(id: number, tags: string[]): Promise<void>;
  /** Into or out of quarantine. */
  move(id: number, folder: Folder): Promise<void>;
  /** It is gone from the lists at once, and from the server a moment later, unless that is undone. */
  remove(id: number): void;
}

export function useMailActions(): MailActions {
  const { t } = useTranslation('mail');
  const client = useQueryClient();
  const refresh = useRefresh();
  const patchLists = usePatchLists();
  return useMemo(() => {
    const keyOf = (id: number) => ['get', ONE, { params: { path: { id } } }];
    const change = async (id: number, body: { read?: boolean; tags?: string[]; folder?: Folder }) => {
      try {
        const { data } = await api.PATCH(ONE, { params: { path: { id } }, body });
        if (data) client.setQueryData(keyOf(id), (mail?: OpenMail) => mail && { ...mail, ...data });
      } catch (error) {
        notifyFailed(error);
      } finally {
        refresh();
      }
    };
    return {
      async markRead({ id }, isRead) {
        patchLists(id, { read: isRead });
        await change(id, { read: isRead });
        // Opened again, it is read again.
        if (!isRead) client.removeQueries({ queryKey: keyOf(id) });
      },
      async tag(id, tags) {
        patchLists(id, { tags });
        await change(id, { tags });
      },
      async move(id, folder) {
        patchLists(id, null);
        await change(id, { folder });
        const other = folder === 'inbox' ? 'quarantine' : 'inbox';
        notifyDone(t(`reader.movedTo.${folder}`), () => change(id, { folder: other }));
      },
      remove(id) {
        hide(id);
        const run = async () => {
          await api.DELETE(ONE, { params: { path: { id } } });
          refresh();
        };
        doUnlessUndone(t('reader.deleted'), run, () => show(id));
      },
    };
  }, [t, client, refresh, patchLists]);
}
