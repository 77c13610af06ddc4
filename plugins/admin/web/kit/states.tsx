/** What stands where data will be, is not, or could not be had. */
import { Alert, Button, Center, Code, Group, Stack, Text, ThemeIcon } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError } from '../client/api-error.ts';
import { CopyButton } from './copy.tsx';
import { messageOf } from './message.ts';
import { Waiting } from './waiting.tsx';

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
  const { t, i18n } = useTranslation();
  const known = error instanceof ApiError ? error : null;
  const key = `error.${known?.code}`;
  const advice = known && i18n.exists(key) ? t(key) : null;
  return (
    <Alert color="red" role="alert" title={advice ?? messageOf(error, t('failure.offline'))}>
      <Stack gap="xs" align="flex-start">
        {advice && <Text size="sm">{messageOf(error, '')}</Text>}
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
