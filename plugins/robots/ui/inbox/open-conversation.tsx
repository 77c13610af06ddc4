/** The open conversation: with whom, what was said, who answers, and a box to answer in. */
import { ActionIcon } from '@mantine/core';
import IconArrowLeft from '@tabler/icons-react/dist/esm/icons/IconArrowLeft.mjs';
import IconMessage from '@tabler/icons-react/dist/esm/icons/IconMessage.mjs';
import { $api, EmptyState, Loaded, paneStyle } from 'patchbay-platform/ui';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { AnswerBox } from './answer-box.tsx';
import { AutomaticBanner } from './automatic-banner.tsx';
import type { ContactPanelState } from './contact-panel-state.ts';
import type { ConversationActions } from './conversation-actions.ts';
import { ConversationHead } from './conversation-head.tsx';
import { CONVERSATION } from './place.ts';
import { usePresence } from './presence.ts';
import { Timeline } from './timeline.tsx';

interface OpenConversationProps {
  id: string;
  actions: ConversationActions;
  contact: ContactPanelState;
  onLeave(): void;
}

export function OpenConversation({ id, actions, contact, onLeave }: OpenConversationProps) {
  const { t } = useTranslation('robots');
  const query = $api.useQuery('get', CONVERSATION, { params: { path: { id } } });
  const presence = usePresence(id);
  const put = useRef<(text: string) => void>(null);
  const unread = query.data?.unread ?? 0;
  useEffect(() => {
    // What comes while somebody else's tab is looked at stays unread.
    if (unread > 0 && document.visibilityState === 'visible') void actions.markRead(id);
  }, [id, unread, actions]);
  const back = (
    <ActionIcon
      className={paneStyle.back}
      variant="subtle"
      color="gray"
      size="lg"
      aria-label={t('inbox.back')}
      onClick={onLeave}
    >
      <IconArrowLeft size={18} />
    </ActionIcon>
  );
  return (
    <>
      {!query.data && back}
      <Loaded of={query} back={{ title: t('inbox.title'), to: '/inbox' }}>
        {(conversation) => (
          <>
            <ConversationHead
              back={back}
              conversation={conversation}
              actions={actions}
              others={presence.others}
              contact={contact}
            />
            {/* Above what is said: the answer box grows when its last buttons have been loaded, and a click on a button that moves is lost. */}
            <AutomaticBanner conversation={conversation} actions={actions} />
            <Timeline conversation={conversation} put={(text) => put.current?.(text)} />
            <AnswerBox conversation={conversation} presence={presence} put={put} />
          </>
        )}
      </Loaded>
    </>
  );
}

/** What stands there while none is open. */
export function NoConversation() {
  const { t } = useTranslation('robots');
  return <EmptyState title={t('inbox.choose')} text={t('inbox.chooseText')} icon={<IconMessage size={24} />} />;
}
