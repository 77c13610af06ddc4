/** The inbox: which conversations there are, their list, and the open one. By mouse, by touch, and by keyboard alone. */
import { VisuallyHidden } from '@mantine/core';
import { later, Page, paneStyle, useShortcuts } from 'patchbay-platform/ui';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useContactPanel } from '../inbox/contact-panel-state.ts';
import { useConversationActions } from '../inbox/conversation-actions.ts';
import { ConversationList } from '../inbox/conversation-list.tsx';
import { focused, focusOn } from '../inbox/focus.ts';
import { NoConversation, OpenConversation } from '../inbox/open-conversation.tsx';
import { useInbox } from '../inbox/place.ts';
import { useConversations, useNews } from '../inbox/use-conversations.ts';
import { Views } from '../inbox/views.tsx';

const ContactPane = later(() => import('../inbox/contact-panel.tsx').then(({ ContactPane }) => ContactPane));
const ContactSheet = later(() => import('../inbox/contact-panel.tsx').then(({ ContactSheet }) => ContactSheet));

export default function InboxPage() {
  const { t } = useTranslation('robots');
  const inbox = useInbox();
  const list = useConversations(inbox.query);
  const actions = useConversationActions();
  const contact = useContactPanel();
  const [news, setNews] = useState('');
  /** Where the keyboard is in the list while no conversation is open. */
  const cursor = useRef<string | null>(null);
  const { open, show } = inbox;
  const { conversations } = list;
  useNews(({ person, text }) => setNews(t('inbox.arrived', { person, text })));

  const at = () => conversations.findIndex(({ id }) => id === (open ?? focused() ?? cursor.current));
  const openAt = (id: string) => {
    cursor.current = id;
    show(id);
  };
  const move = (step: number) => {
    const next = conversations[at() < 0 ? 0 : Math.min(conversations.length - 1, Math.max(0, at() + step))];
    if (!next) return;
    cursor.current = next.id;
    if (open !== null) show(next.id);
    focusOn(next.id);
  };
  const leave = () => {
    const last = open ?? cursor.current;
    show(null);
    if (last !== null) focusOn(last);
  };
  const openCurrent = () => {
    const current = conversations[at()];
    if (current) openAt(current.id);
  };
  /** What comes next is worked on next. */
  const closeCurrent = async () => {
    const place = at();
    const current = conversations[place];
    if (!current || current.state === 'closed') return;
    const next = conversations[place + 1] ?? conversations[place - 1];
    if (!(await actions.close(current))) return;
    cursor.current = next?.id ?? null;
    if (open === current.id) show(cursor.current);
    if (next) focusOn(next.id);
  };
  const answer = () => {
    if (open === null) return openCurrent();
    // At once: the next key is the first letter.
    document.querySelector<HTMLElement>('[data-answer]')?.focus();
  };

  useShortcuts([
    { keys: 'j', title: t('keys.next'), run: () => move(1) },
    { keys: 'k', title: t('keys.previous'), run: () => move(-1) },
    { keys: 'Enter', title: t('keys.open'), run: openCurrent },
    { keys: 'u', title: t('keys.back'), run: leave },
    { keys: 'r', title: t('keys.answer'), run: answer },
    { keys: 'e', title: t('keys.close'), run: () => void closeCurrent() },
  ]);

  return (
    <Page title={t('inbox.title')}>
      <VisuallyHidden role="status">{news}</VisuallyHidden>
      <div
        className={paneStyle.panes}
        data-open={open !== null || undefined}
        data-side={(open !== null && contact.isBeside) || undefined}
      >
        <Views inbox={inbox} />
        <ConversationList inbox={inbox} list={list} onOpen={openAt} />
        <section className={`${paneStyle.pane} ${paneStyle.openPane}`} aria-label={t('inbox.conversation')}>
          {open === null ? (
            <NoConversation />
          ) : (
            <OpenConversation key={open} id={open} actions={actions} contact={contact} onLeave={leave} />
          )}
        </section>
        {open !== null && contact.isBeside && (
          <aside className={`${paneStyle.pane} ${paneStyle.sidePane}`} aria-label={t('contacts.one')}>
            <ContactPane key={open} id={open} onClose={contact.close} />
          </aside>
        )}
      </div>
      {open !== null && contact.isOver && <ContactSheet key={open} id={open} onClose={contact.close} />}
    </Page>
  );
}
