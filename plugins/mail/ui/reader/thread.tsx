/** The other mails of a conversation. */
import { Anchor, Group, Text } from '@mantine/core';
import { Time, useRows } from 'patchbay-platform/ui';
import { useTranslation } from 'react-i18next';
import type { OpenMail } from './mail-actions.ts';

const MOST = 50;

interface ThreadProps {
  mail: Pick<OpenMail, 'id' | 'thread_id' | 'mailbox'>;
  onOpen(id: number): void;
}

export function Thread({ mail, onOpen }: ThreadProps) {
  const { id, thread_id, mailbox } = mail;
  return thread_id === null ? null : <Mails id={id} thread={thread_id} mailbox={mailbox} onOpen={onOpen} />;
}

function Mails({
  id,
  thread,
  mailbox,
  onOpen,
}: {
  id: number;
  thread: number;
  mailbox: string;
  onOpen(id: number): void;
}) {
  const { t } = useTranslation('mail');
  const { data: mails = [] } = useRows('/api/platform/mail/messages', {
    query: { thread_id: String(thread), mailbox, sort: 'id' },
    limit: MOST,
  });
  if (mails.length < 2) return null;
  return (
    <details>
      <Text component="summary" size="sm" style={{ cursor: 'pointer' }}>
        {t('reader.thread', { count: mails.length })}
      </Text>
      {mails.map((one) => (
        <Group key={one.id} gap="xs" wrap="nowrap" pl="md" pt={4}>
          {one.id === id ? (
            <Text size="sm" fw={600} truncate>
              {one.from_name ?? one.from}
            </Text>
          ) : (
            <Anchor component="button" type="button" size="sm" truncate onClick={() => onOpen(one.id)}>
              {one.from_name ?? one.from}: {one.subject || t('reader.noSubject')}
            </Anchor>
          )}
          <Text size="xs" c="dimmed" style={{ whiteSpace: 'nowrap' }}>
            <Time at={one.received_at} style="ago" />
          </Text>
        </Group>
      ))}
    </details>
  );
}
