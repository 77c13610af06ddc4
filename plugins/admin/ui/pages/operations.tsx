/** Long work: what runs, how far it is, what became of it. Live, and the same after the page was loaded anew. */
import { Button, Progress, Stack, Text } from '@mantine/core';
import { $api, DataTable, EmptyState, notifyFailed, type Operation, Page, State, Time } from 'patchbay-platform/ui';
import { useTranslation } from 'react-i18next';

const STATES = ['running', 'done', 'failed', 'cancelled', 'interrupted'] as const;

export default function Operations() {
  const { t } = useTranslation('admin');
  return (
    <Page title={t('operations.title')} intro={t('operations.intro')}>
      <DataTable
        list="/api/platform/operations"
        label={t('operations.title')}
        rowKey={({ id }) => id}
        live={['operation.changed']}
        filters={[
          {
            name: 'state',
            title: t('operations.state'),
            choices: STATES.map((value) => ({ value, label: t(`operation.${value}`, { ns: 'shell' }) })),
          },
        ]}
        columns={[
          { id: 'title', title: t('operations.what'), width: 2, cell: ({ title }) => title },
          {
            id: 'state',
            title: t('operations.state'),
            onPhone: true,
            cell: ({ state }) => <State value={state} text={t(`operation.${state}`, { ns: 'shell' })} />,
          },
          {
            id: 'progress',
            title: t('operations.progress'),
            width: 3,
            onPhone: true,
            cell: (operation) => <HowFar of={operation} />,
          },
          {
            id: 'begun',
            title: t('operations.begun'),
            sort: 'begun_at',
            cell: ({ begun_at }) => <Time at={begun_at} style="ago" />,
          },
          {
            id: 'ended',
            title: t('operations.ended'),
            isExtra: true,
            cell: ({ ended_at }) => <Time at={ended_at} style="ago" />,
          },
        ]}
        empty={<EmptyState title={t('operations.empty')} text={t('operations.emptyText')} />}
      />
    </Page>
  );
}

function HowFar({ of: { id, title, state, done, total, message, can_cancel } }: { of: Operation }) {
  const { t } = useTranslation('admin');
  const cancel = $api.useMutation('post', '/api/platform/operations/{id}/cancel', { onError: notifyFailed });
  if (state !== 'running') return <Text size="sm">{message || t('operations.items', { count: done })}</Text>;
  const share = total ? Math.min(100, (100 * done) / total) : 100;
  return (
    <Stack gap={4} miw={0}>
      <Progress value={share} animated={!total} striped={!total} aria-label={title} />
      <Text size="xs" c="dimmed" truncate>
        {message || (total ? `${done} / ${total}` : String(done))}
      </Text>
      {can_cancel && (
        <Button
          size="compact-xs"
          variant="default"
          w="fit-content"
          loading={cancel.isPending}
          onClick={() => cancel.mutate({ params: { path: { id } } })}
        >
          {t('stop', { ns: 'shell' })}
        </Button>
      )}
    </Stack>
  );
}
