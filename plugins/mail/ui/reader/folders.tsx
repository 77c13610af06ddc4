/** Where mail is: all of it, what is unread, what is held back, and each mailbox with what is new in it. */
import { Badge, NavLink, Select, Text } from '@mantine/core';
import IconInbox from '@tabler/icons-react/dist/esm/icons/IconInbox.mjs';
import IconMailOpened from '@tabler/icons-react/dist/esm/icons/IconMailOpened.mjs';
import IconShield from '@tabler/icons-react/dist/esm/icons/IconShield.mjs';
import { Link, paneStyle, useFormats } from 'patchbay-platform/ui';
import { useTranslation } from 'react-i18next';
import type { Reader } from './place.ts';
import { MOST_MAILBOXES, useMailboxes } from './use-mails.ts';

/** As many are counted. */
const MOST_COUNTED = 100;

export function Folders({ reader }: { reader: Reader }) {
  const { t } = useTranslation('mail');
  const { data } = useMailboxes();
  const { folder, mailbox, isUnread } = reader;
  const isAll = folder === 'inbox' && mailbox === undefined;
  return (
    <nav className={`${paneStyle.pane} ${paneStyle.ways}`} aria-label={t('reader.folders')}>
      <NavLink
        component="button"
        label={t('reader.all')}
        leftSection={<IconInbox size={16} aria-hidden />}
        active={isAll && !isUnread}
        onClick={() => reader.go({})}
      />
      <NavLink
        component="button"
        label={t('reader.unread')}
        leftSection={<IconMailOpened size={16} aria-hidden />}
        active={isAll && isUnread}
        onClick={() => reader.go({ isUnread: true })}
      />
      <NavLink
        component="button"
        label={t('reader.quarantine')}
        leftSection={<IconShield size={16} aria-hidden />}
        active={folder === 'quarantine' && mailbox === undefined}
        onClick={() => reader.go({ folder: 'quarantine' })}
      />
      <Text size="xs" fw={600} c="dimmed" px="sm" pt="sm" pb={4}>
        {t('reader.mailboxes')}
      </Text>
      {inOrder(data).map(({ id, address, unread }) => (
        <NavLink
          key={id}
          component="button"
          label={<Address value={address} />}
          title={address}
          active={mailbox === address}
          rightSection={<Unread count={unread} />}
          onClick={() => reader.go({ mailbox: address })}
        />
      ))}
      {(data?.length ?? 0) >= MOST_MAILBOXES && (
        <NavLink component={Link} to="/mail/mailboxes" label={t('reader.moreMailboxes')} />
      )}
    </nav>
  );
}

/** The same where there is no room for a pane. */
export function FolderSelect({ reader }: { reader: Reader }) {
  const { t } = useTranslation('mail');
  const { data } = useMailboxes();
  const { folder, mailbox, isUnread } = reader;
  const value = mailbox ?? (folder === 'quarantine' ? ':quarantine' : isUnread ? ':unread' : ':all');
  const known = inOrder(data).map(({ address, unread }) => ({
    value: address,
    label: unread > 0 ? `${address} (${unread})` : address,
  }));
  return (
    <Select
      className={paneStyle.narrow}
      aria-label={t('reader.folders')}
      searchable
      allowDeselect={false}
      value={value}
      data={[
        { value: ':all', label: t('reader.all') },
        { value: ':unread', label: t('reader.unread') },
        { value: ':quarantine', label: t('reader.quarantine') },
        ...known,
        ...(mailbox && !known.some((one) => one.value === mailbox) ? [mailbox] : []),
      ]}
      onChange={(chosen) => {
        if (chosen === ':quarantine') reader.go({ folder: 'quarantine' });
        else if (chosen === ':unread') reader.go({ isUnread: true });
        else if (chosen === null || chosen === ':all') reader.go({});
        else reader.go({ mailbox: chosen });
      }}
    />
  );
}

/** The name is what tells mailboxes apart. */
function Address({ value }: { value: string }) {
  const at = value.lastIndexOf('@');
  return (
    <>
      <Text component="span" size="sm" truncate display="block">
        {value.slice(0, at)}
      </Text>
      <Text component="span" size="xs" c="dimmed" truncate display="block">
        {value.slice(at)}
      </Text>
    </>
  );
}

function Unread({ count }: { count: number }) {
  const { t } = useTranslation('mail');
  const { number } = useFormats();
  if (count === 0) return null;
  const text = count >= MOST_COUNTED ? `${number(MOST_COUNTED)}+` : number(count);
  return (
    <Badge size="sm" radius="sm" aria-label={t('reader.unreadCount', { text })}>
      {text}
    </Badge>
  );
}

/** Those that somebody keeps come first. */
function inOrder<Box extends { pinned: boolean; favorite: boolean }>(boxes: readonly Box[] = []): Box[] {
  const rank = ({ pinned, favorite }: Box) => (favorite ? 0 : pinned ? 1 : 2);
  return [...boxes].sort((one, other) => rank(one) - rank(other));
}
