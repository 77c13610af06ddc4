/** What people do with a conversation: take it over, hand it on, put it aside, close it. */
import { useQueryClient } from '@tanstack/react-query';
import { api, ifVersion, isStale, notifyDone, notifyFailed } from 'patchbay-platform/ui';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { CONVERSATION, type Conversation } from './place.ts';
import { useRefresh } from './use-conversations.ts';

export interface ConversationWish {
  state?: Conversation['state'];
  snoozed_until?: string;
  assignee?: string | null;
  team?: string | null;
  labels?: string[];
}

export interface ConversationActions {
  /** Refused when somebody else has changed it meanwhile, which is shown then. */
  change(conversation: Conversation, wish: ConversationWish): Promise<void>;
  /** Says so, and takes it back; gives whether it is closed. */
  close(conversation: Conversation): Promise<boolean>;
  snooze(conversation: Conversation, until: Date): Promise<boolean>;
  switchAutomatic(id: string, on: boolean): Promise<void>;
  markRead(id: string): Promise<void>;
}

export function useConversationActions(): ConversationActions {
  const { t } = useTranslation('robots');
  const client = useQueryClient();
  const refresh = useRefresh();
  return useMemo(() => {
    const keep = (id: string, data: Conversation | undefined) => {
      if (data) client.setQueryData(['get', CONVERSATION, { params: { path: { id } } }], data);
    };
    const run = async (act: () => Promise<unknown>) => {
      try {
        await act();
        return true;
      } catch (error) {
        notifyFailed(isStale(error) ? new Error(t('inbox.changedByOthers')) : error);
        return false;
      } finally {
        refresh();
      }
    };
    const patch = async (id: string, version: string | null, wish: ConversationWish) => {
      const header = version === null ? {} : ifVersion(version);
      const { data } = await api.PATCH(CONVERSATION, { params: { path: { id }, header }, body: wish });
      keep(id, data);
    };
    const putAside = async ({ id, state, version }: Conversation, wish: ConversationWish, text: string) => {
      const former = state === 'snoozed' ? 'open' : state;
      const isDone = await run(() => patch(id, version, wish));
      if (isDone) notifyDone(text, () => run(() => patch(id, null, { state: former })));
      return isDone;
    };
    return {
      async change({ id, version }, wish) {
        await run(() => patch(id, version, wish));
      },
      close: (one) => putAside(one, { state: 'closed' }, t('inbox.isClosed')),
      snooze: (one, until) =>
        putAside(one, { state: 'snoozed', snoozed_until: until.toISOString() }, t('inbox.isSnoozed')),
      async switchAutomatic(id, on) {
        await run(async () => {
          const { data } = await api.POST(`${CONVERSATION}/automatic`, { params: { path: { id } }, body: { on } });
          keep(id, data);
        });
      },
      async markRead(id) {
        await run(() => api.POST(`${CONVERSATION}/read`, { params: { path: { id } } }));
      },
    };
  }, [t, client, refresh]);
}
