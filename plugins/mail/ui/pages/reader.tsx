/** The reader: where mail is, the list of it, and the mail. By mouse, by touch, and by keyboard alone. */
import { Button, VisuallyHidden } from '@mantine/core';
import IconPencil from '@tabler/icons-react/dist/esm/icons/IconPencil.mjs';
import { $api, Link, Page, paneStyle, useRouter, useShortcuts } from 'patchbay-platform/ui';
import { useCallback, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Folders } from '../reader/folders.tsx';
import { useMailActions } from '../reader/mail-actions.ts';
import { MailList } from '../reader/mail-list.tsx';
import { NoMail, OpenedMail } from '../reader/opened-mail.tsx';
import { useReader } from '../reader/place.ts';
import { useMailList, useNewMail, usePatchLists, useRefresh } from '../reader/use-mails.ts';

export default function ReaderPage() {
  const { t } = useTranslation('mail');
  const { go } = useRouter();
  const reader = useReader();
  const list = useMailList(reader);
  const actions = useMailActions();
  const patchLists = usePatchLists();
  const refresh = useRefresh();
  const { data: allowance } = $api.useQuery('get', '/api/platform/mail/allowance');
  const [news, setNews] = useState('');
  /** Where the keyboard is in the list while no mail is open. */
  const cursor = useRef<number | null>(null);
  const { open, show } = reader;
  const { mails } = list;
  const maySend = allowance?.may_send === true;
  useNewMail((subject) => setNews(t('reader.arrived', { subject })));

  const focusOn = (id: number) =>
    requestAnimationFrame(() => {
      const row = document.querySelector<HTMLElement>(`[data-mail="${id}"]`);
      row?.focus();
      row?.scrollIntoView({ block: 'nearest' });
    });
  const at = () => mails.findIndex(({ id }) => id === (open ?? focusedMail() ?? cursor.current));
  const move = (step: number) => {
    const next = mails[at() < 0 ? 0 : Math.min(mails.length - 1, Math.max(0, at() + step))];
    if (!next) return;
    cursor.current = next.id;
    if (open !== null) show(next.id);
    focusOn(next.id);
  };
  const openAt = (id: number) => {
    cursor.current = id;
    show(id);
  };
  const close = () => {
    const last = open ?? cursor.current;
    show(null);
    if (last !== null) focusOn(last);
  };
  const current = () => (open !== null && at() < 0 ? { id: open, read: true } : mails[at()]);
  const remove = () => {
    const mail = current();
    if (!mail) return;
    const place = at();
    const next = mails[place + 1] ?? mails[place - 1];
    actions.remove(mail.id);
    cursor.current = next?.id ?? null;
    if (open !== null) show(next?.id ?? null);
    if (next) focusOn(next.id);
  };
  const markUnread = (id: number) => {
    void actions.markRead({ id, read: true }, false);
    if (open === id) close();
  };
  const toggleRead = () => {
    const mail = current();
    if (!mail) return;
    if (mail.read) markUnread(mail.id);
    else void actions.markRead(mail, true);
  };
  const write = (how: 'reply' | 'forward') => {
    const mail = current();
    if (mail && maySend) go(`/mail/compose?${how}=${mail.id}`);
  };
  const onRead = useCallback(
    ({ id }: { id: number }) => {
      patchLists(id, { read: true });
      refresh();
    },
    [patchLists, refresh],
  );

  useShortcuts([
    { keys: 'j', title: t('keys.next'), run: () => move(1) },
    { keys: 'k', title: t('keys.previous'), run: () => move(-1) },
    { keys: 'Enter', title: t('keys.open'), run: () => current() && openAt(current()?.id ?? 0) },
    { keys: 'u', title: t('keys.back'), run: close },
    { keys: 'e', title: t('keys.read'), run: toggleRead },
    { keys: '#', title: t('keys.delete'), run: remove },
    ...(maySend
      ? [
          { keys: 'r', title: t('keys.reply'), run: () => write('reply') },
          { keys: 'f', title: t('keys.forward'), run: () => write('forward') },
          { keys: 'c', title: t('keys.compose'), run: () => go('/mail/compose') },
        ]
      : []),
  ]);

  return (
    <Page
      title={t('reader.title')}
      actions={
        maySend && (
          <Button
            component={Link}
            to={composeAddress(reader.mailbox)}
            leftSection={<IconPencil size={16} aria-hidden />}
          >
            {t('reader.compose')}
          </Button>
        )
      }
    >
      <VisuallyHidden role="status">{news}</VisuallyHidden>
      <div className={paneStyle.panes} data-open={open !== null || undefined}>
        <Folders reader={reader} />
        <MailList reader={reader} list={list} onOpen={openAt} />
        <section className={`${paneStyle.pane} ${paneStyle.openPane}`} aria-label={t('reader.message')}>
          {open === null ? (
            <NoMail />
          ) : (
            <OpenedMail
              key={open}
              id={open}
              actions={actions}
              maySend={maySend}
              onClose={close}
              onOpen={openAt}
              onRemove={remove}
              onUnread={() => markUnread(open)}
              onRead={onRead}
            />
          )}
        </section>
      </div>
    </Page>
  );
}

/** The mail of the list that has the focus. */
function focusedMail(): number | null {
  const given = document.activeElement instanceof HTMLElement ? document.activeElement.dataset.mail : undefined;
  return given === undefined ? null : Number(given);
}

function composeAddress(mailbox: string | undefined): string {
  return mailbox ? `/mail/compose?from=${encodeURIComponent(mailbox)}` : '/mail/compose';
}
