/** One message: by whom, when, what, and whether it has arrived. Never more than text and pictures by their type. */
import { Anchor, Group, Text } from '@mantine/core';
import IconDownload from '@tabler/icons-react/dist/esm/icons/IconDownload.mjs';
import { Time } from 'patchbay-platform/ui';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useOutcomeText } from '../parts/outcome.ts';
import classes from './inbox.module.css';
import { addressOfFile, type Message } from './messages.ts';
import type { Conversation } from './place.ts';

/** What the server shows as a picture; everything else is saved. */
const PICTURES = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp']);

/** A robot that is there takes an answer at once. */
const LATE_MS = 60_000;
const TICK_MS = 50;

interface MessageItemProps {
  message: Message;
  conversation: Conversation;
}

export function MessageItem({ message, conversation }: MessageItemProps) {
  const { t } = useTranslation('robots');
  const { id, author, direction, text, text_type, file_type, created_at } = message;
  const isNote = author === 'note';
  return (
    <li
      className={classes.message}
      data-out={(direction === 'out' && !isNote) || undefined}
      data-note={isNote || undefined}
    >
      <Group gap={6} justify="space-between" wrap="nowrap">
        <Text size="xs" fw={600} component="span">
          <Author message={message} conversation={conversation} />
        </Text>
        <Text size="xs" c="dimmed" component="span" style={{ whiteSpace: 'nowrap' }}>
          <Time at={created_at} />
        </Text>
      </Group>
      {file_type !== null && PICTURES.has(file_type) && (
        <img
          className={classes.picture}
          src={addressOfFile(conversation.id, id)}
          alt={text || t('inbox.picture')}
          loading="lazy"
        />
      )}
      {file_type !== null && !PICTURES.has(file_type) && (
        <Anchor href={addressOfFile(conversation.id, id)} download size="sm">
          <IconDownload size={14} aria-hidden /> {text || t('inbox.file')}
        </Anchor>
      )}
      {text !== '' && (file_type === null || PICTURES.has(file_type)) && <p className={classes.text}>{text}</p>}
      {text === '' && file_type === null && (
        <Text size="sm" c="dimmed">
          {t(`textType.${text_type}`, { defaultValue: t('inbox.noText') })}
        </Text>
      )}
      <Delivery message={message} conversation={conversation} />
    </li>
  );
}

function Author({
  message: { author, author_name },
  conversation,
}: Pick<MessageItemProps, 'message' | 'conversation'>) {
  const { t } = useTranslation('robots');
  if (author === 'contact') return conversation.person || conversation.contact_name;
  if (author === 'note') return t('inbox.noteOf', { name: author_name ?? t('inbox.somebody') });
  if (author === 'person') return author_name ?? t('inbox.somebody');
  return t(`inbox.author.${author}`);
}

function waitingFor({ robot_is_phone }: Conversation) {
  return robot_is_phone ? 'inbox.waitingForPhone' : 'inbox.waitingForAccount';
}

/** Whether it is a minute old, also when that happens while it is looked at. */
function useIsLate(at: string): boolean {
  const left = Date.parse(at) + LATE_MS - Date.now();
  const [, tick] = useState(0);
  const isLate = left <= 0;
  useEffect(() => {
    if (isLate) return;
    const timer = setTimeout(() => tick((count) => count + 1), Math.min(left, LATE_MS) + TICK_MS);
    return () => clearTimeout(timer);
  });
  return isLate;
}

/** Of what was sent: waits, has arrived, or why not. */
function Delivery({
  message: { command_status: status, error, created_at },
  conversation,
}: Pick<MessageItemProps, 'message' | 'conversation'>) {
  const { t } = useTranslation('robots');
  const wordsOf = useOutcomeText();
  const isWaiting = useIsLate(created_at) && conversation.robot_status === 'offline';
  if (status === null) return null;
  if (status === 'failed' || status === 'expired') {
    const code = Number(error);
    const why = status === 'expired' ? t('result.expired') : Number.isNaN(code) ? error : wordsOf(code, '');
    return (
      <Text size="xs" c="red" role="alert">
        {t('inbox.notSent', { why })}
      </Text>
    );
  }
  return (
    <Text size="xs" c="dimmed" ta="end">
      {t(status === 'succeeded' ? 'inbox.sent' : isWaiting ? waitingFor(conversation) : 'inbox.onItsWay')}
    </Text>
  );
}
