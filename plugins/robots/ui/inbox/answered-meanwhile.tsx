/** Somebody else has answered since one began to write: what they said, and whether to send all the same. */
import { Alert, Button, Group, Text } from '@mantine/core';
import { ApiError, isRecord, Time } from 'patchbay-platform/ui';
import { useTranslation } from 'react-i18next';
import classes from './inbox.module.css';
import type { Message } from './messages.ts';

export type OtherAnswer = Pick<Message, 'id' | 'author' | 'author_name' | 'text' | 'text_type' | 'created_at'>;

/** What a refused answer says of the other one; null for another refusal. */
export function otherAnswerOf(error: unknown): OtherAnswer | null {
  if (!(error instanceof ApiError) || error.code !== 'ANSWERED_MEANWHILE') return null;
  const { answer } = error.detail;
  return isRecord(answer) ? (answer as unknown as OtherAnswer) : null;
}

interface AnsweredMeanwhileProps {
  answer: OtherAnswer;
  isBusy: boolean;
  onSend(): void;
  onGoOn(): void;
}

export function AnsweredMeanwhile({ answer, isBusy, onSend, onGoOn }: AnsweredMeanwhileProps) {
  const { t } = useTranslation('robots');
  const { author, author_name, text, text_type, created_at } = answer;
  const name = author_name ?? t('inbox.somebody');
  const title =
    author === 'phone'
      ? t('answer.answeredOnPhone')
      : author === 'robot'
        ? t('answer.answeredByRobot')
        : t('answer.answeredBy', { name });
  return (
    <Alert color="yellow" p="xs" title={title}>
      <Text size="xs" c="dimmed">
        <Time at={created_at} />
      </Text>
      <p className={classes.otherAnswer}>{text || t(`textType.${text_type}`, { defaultValue: t('inbox.noText') })}</p>
      <Group gap="xs">
        <Button size="compact-sm" variant="default" loading={isBusy} onClick={onSend}>
          {t('answer.sendAllTheSame')}
        </Button>
        <Button size="compact-sm" variant="subtle" onClick={onGoOn}>
          {t('answer.goOnWriting')}
        </Button>
      </Group>
    </Alert>
  );
}
