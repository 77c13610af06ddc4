/** Long work: how far it is, also after the page was loaded anew. */
import { Button, Group, Progress, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { $api } from '../client/api.ts';
import { useLiveRefresh } from '../client/live.ts';
import type { paths } from '../client/openapi.d.ts';
import { notifyFailed } from './actions.tsx';
import { State } from './values.tsx';

export type Operation = paths['/api/platform/operations/{id}']['get']['responses'][200]['content']['application/json'];

/** An operation by its id, kept true while it runs; null asks for none. */
export function useOperation(id: string | null) {
  const query = $api.useQuery(
    'get',
    '/api/platform/operations/{id}',
    { params: { path: { id: id ?? '' } } },
    { enabled: id !== null },
  );
  useLiveRefresh(id === null ? [] : [`operation.changed/${id}`], () => query.refetch());
  return query;
}

export function OperationProgress({ operation }: { operation: Operation }) {
  const { t } = useTranslation();
  const { id, title, state, done, total, message } = operation;
  const cancel = $api.useMutation('post', '/api/platform/operations/{id}/cancel');
  const share = total ? Math.min(100, (100 * (done ?? 0)) / total) : 0;
  return (
    <Stack gap={4} aria-live="polite">
      <Group justify="space-between">
        <Text size="sm" fw={500}>
          {title}
        </Text>
        <Group gap="xs">
          <State value={state} text={t(`operation.${state}`)} />
          {state === 'running' && (
            <Button
              size="compact-xs"
              variant="default"
              onClick={() => cancel.mutate({ params: { path: { id } } }, { onError: notifyFailed })}
            >
              {t('stop')}
            </Button>
          )}
        </Group>
      </Group>
      {state === 'running' && (
        <Progress value={total ? share : 100} animated={!total} striped={!total} aria-label={title} />
      )}
      {message && (
        <Text size="sm" c={state === 'failed' ? 'red' : 'dimmed'}>
          {message}
        </Text>
      )}
    </Stack>
  );
}
