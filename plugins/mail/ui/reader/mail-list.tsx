/** The list of mails. */
import { Badge, Button, Group, Text } from '@mantine/core';
import IconPaperclip from '@tabler/icons-react/dist/esm/icons/IconPaperclip.mjs';
import { EmptyState, Link, LongList, NotLive, paneStyle, SearchField, Time } from 'patchbay-platform/ui';
import { useTranslation } from 'react-i18next';
import { FolderSelect } from './folders.tsx';
import { addressOf, type Mail, type Reader } from './place.ts';
import type { useMailList } from './use-mails.ts';

/** About how high a row is. */
const ROW_PX = 84;

interface MailListProps {
  reader: Reader;
  list: ReturnType<typeof useMailList>;
  onOpen(id: number): void;
}

export function MailList({ reader, list, onOpen }: MailListProps) {
  const { t } = useTranslation('mail');
  const { mails } = list;
  const key = `${reader.folder} ${JSON.stringify(reader.query)}`;
  return (
    <section className={`${paneStyle.pane} ${paneStyle.listPane}`} aria-label={t('reader.list')}>
      <Group gap="xs" p="xs" wrap="wrap">
        <FolderSelect reader={reader} />
        <NotLive />
        <SearchField
          label={t('reader.search')}
          value={reader.search}
          onChange={(search) => reader.narrow({ search: search || null })}
          isMain
          keepsText
          style={{ flex: '1 1 10rem' }}
        />
        {reader.tag && (
          <Button size="compact-xs" variant="light" onClick={() => reader.narrow({ tag: null })}>
            {t('reader.withTag', { tag: reader.tag })} ✕
          </Button>
        )}
      </Group>
      <LongList
        name={key}
        rows={mails}
        keyOf={({ id }) => id}
        rowPx={ROW_PX}
        open={reader.open}
        list={list}
        empty={<Nothing reader={reader} />}
        more={t('reader.more')}
      >
        {(mail) => <Row mail={mail} reader={reader} onOpen={onOpen} />}
      </LongList>
    </section>
  );
}

function Row({ mail, reader, onOpen }: { mail: Mail; reader: Reader; onOpen(id: number): void }) {
  const { t } = useTranslation('mail');
  const { id, from, from_name, subject, preview, read, received_at, tags, attachment_count, verification_code } = mail;
  const isOpen = reader.open === id;
  return (
    <Link
      to={addressOf(reader, id)}
      className={paneStyle.row}
      data-mail={id}
      data-unread={!read || undefined}
      data-open={isOpen || undefined}
      aria-current={isOpen || undefined}
      onClick={(event) => {
        if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
        event.preventDefault();
        onOpen(id);
      }}
    >
      <Group justify="space-between" wrap="nowrap" gap="xs">
        <Text component="span" size="sm" fw={read ? 400 : 700} truncate>
          {from_name ?? from}
          {from_name !== null && (
            <Text component="span" size="xs" c="dimmed" fw={400}>
              {` ${from}`}
            </Text>
          )}
        </Text>
        <Text component="span" size="xs" c="dimmed" style={{ whiteSpace: 'nowrap' }}>
          <Time at={received_at} style="ago" />
        </Text>
      </Group>
      <Text component="span" display="block" size="sm" fw={read ? 400 : 600} truncate>
        {subject || t('reader.noSubject')}
      </Text>
      <Text component="span" display="block" size="xs" c="dimmed" truncate>
        {preview}
      </Text>
      <Group gap={4} mt={2}>
        {!read && (
          <Badge size="xs" radius="sm" tt="none">
            {t('reader.new')}
          </Badge>
        )}
        {reader.mailbox === undefined && (
          <Text component="span" size="xs" c="dimmed" truncate>
            {mail.mailbox}
          </Text>
        )}
        {verification_code && (
          <Badge size="xs" variant="light" color="teal" radius="sm" tt="none">
            {t('reader.codeIs', { code: verification_code })}
          </Badge>
        )}
        {attachment_count > 0 && (
          <Text component="span" size="xs" c="dimmed">
            <IconPaperclip size={12} aria-hidden /> {t('reader.files', { count: attachment_count })}
          </Text>
        )}
        {tags.map((tag) => (
          <Badge key={tag} size="xs" variant="default" radius="sm" tt="none">
            {tag}
          </Badge>
        ))}
      </Group>
    </Link>
  );
}

function Nothing({ reader }: { reader: Reader }) {
  const { t } = useTranslation('mail');
  if (reader.search || reader.tag) return <EmptyState title={t('reader.nothingFound')} />;
  if (reader.folder === 'quarantine')
    return <EmptyState title={t('quarantine.empty')} text={t('quarantine.emptyText')} />;
  if (reader.isUnread) return <EmptyState title={t('reader.allRead')} />;
  return (
    <EmptyState
      title={t('reader.empty')}
      text={reader.mailbox ? t('reader.emptyMailbox', { address: reader.mailbox }) : t('reader.emptyAll')}
      action={
        !reader.mailbox && (
          <Button component={Link} to="/mail/mailboxes?new=1" mt="xs">
            {t('mailboxes.make')}
          </Button>
        )
      }
    />
  );
}
