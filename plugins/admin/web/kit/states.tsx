/** What stands where data will be, is not, or could not be had. */
import { Alert, Button, Center, Code, Group, Stack, Text, ThemeIcon } from '@mantine/core';
import { type ReactNode, useEffect, useReducer } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError } from '../client/api-error.ts';
import { loadAll } from '../i18n/i18n.ts';
import { CopyButton } from './copy.tsx';
import { meaningOf, messageOf, particularsOf } from './message.ts';
import { Waiting } from './waiting.tsx';

/** A request with dozens of faults is no reason to fill the page with them. */
const MOST_PARTICULARS = 5;

export interface EmptyStateProps {
  title: string;
  /** What to do next. */
  text?: ReactNode;
  action?: ReactNode;
  icon?: ReactNode;
}

export function EmptyState({ title, text, action, icon }: EmptyStateProps) {
  return (
    <Center py="xl" mih={200}>
      <Stack align="center" gap="xs" maw={460} ta="center">
        {icon && (
          <ThemeIcon variant="light" size={48} radius="xl" aria-hidden>
            {icon}
          </ThemeIcon>
        )}
        <Text fw={600}>{title}</Text>
        {text && (
          <Text c="dimmed" size="sm" component="div">
            {text}
          </Text>
        )}
        {action}
      </Stack>
    </Center>
  );
}

/** What went wrong, what to do about it, and the id under which the server's log has it. */
export function Failure({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const { t } = useTranslation();
  const known = error instanceof ApiError ? error : null;
  const meaning = useMeaning(known);
  const particulars = known && meaning !== null ? particularsOf(known).slice(0, MOST_PARTICULARS) : [];
  return (
    <Alert color="red" role="alert" title={meaning ?? messageOf(error, t('failure.offline'))}>
      <Stack gap="xs" align="flex-start">
        {particulars.map(({ text, isEnglish }) => (
          <Text key={text} size="sm" {...(isEnglish && { lang: 'en' })}>
            {text}
          </Text>
        ))}
        {known?.requestId && (
          <Group gap={4}>
            <Text size="xs">{t('failure.requestId')}</Text>
            <Code>{known.requestId}</Code>
            <CopyButton value={known.requestId} />
          </Group>
        )}
        {onRetry && (
          <Button size="xs" variant="default" onClick={onRetry}>
            {t('failure.retry')}
          </Button>
        )}
      </Stack>
    </Alert>
  );
}

/** What the code means; a plugin whose pages were not opened yet is asked for its texts first. */
function useMeaning(error: ApiError | null): string | null {
  const [, drawAgain] = useReducer((count: number) => count + 1, 0);
  const meaning = error && meaningOf(error);
  const isUnknown = error !== null && meaning === null;
  useEffect(() => {
    if (isUnknown) void loadAll().then(drawAgain);
  }, [isUnknown]);
  return meaning;
}

interface Asked<T> {
  data: T | undefined;
  error: unknown;
  refetch(): unknown;
}

/** Shows the data of a query once it is there, its outline before, and why it is not. */
export function Loaded<T>({ of, lines, children }: { of: Asked<T>; lines?: number; children: (data: T) => ReactNode }) {
  if (of.data !== undefined) return children(of.data);
  if (of.error) return <Failure error={of.error} onRetry={() => void of.refetch()} />;
  return <Waiting {...(lines !== undefined && { lines })} />;
}
